/** Main module of a worker thread, inside a utility process. */
import { pathToFileURL } from 'node:url'
import { parentPort } from 'node:worker_threads'

import type { ToWorker } from '../../engine/worker/protocol.ts'
import { runWorker } from '../../engine/worker/worker.ts'

const port = parentPort
if (port === null) throw new Error('this module runs in a worker thread')

runWorker({
  post: message => port.postMessage(message),
  onMessage: listener => port.on('message', (message: ToWorker) => listener(message)),
  exit: () => port.close(),
  sqliteThread: pathToFileURL(`${import.meta.dirname}/sqlite-writer.js`),
})
