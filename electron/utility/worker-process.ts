/** Main module of a utility process with workers: one on its main thread, or one in each of its threads. */
import { pathToFileURL } from 'node:url'

import type { FromProcess, ToProcess } from '../../engine/pool/envelope.ts'
import { hostWorkers } from '../../engine/pool/process-host.ts'
import { ignoreTerminal, utilityPort } from './parent-port.ts'

ignoreTerminal()
const port = utilityPort<ToProcess, FromProcess>()
const isThreaded = process.argv.at(-1) === 'threads'
const entry = (name: string): URL => pathToFileURL(`${import.meta.dirname}/${name}.js`)
hostWorkers(
  { post: port.post, onMessage: port.onMessage, exit: port.leave },
  { threadEntry: isThreaded ? entry('worker-thread') : null, sqliteThread: entry('sqlite-writer') },
)
