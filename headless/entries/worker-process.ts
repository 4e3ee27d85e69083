/** Main module of a worker process: carries one worker on its main thread, or one in each of its threads. */
import { hostWorkers, type ProcessPort } from '../../engine/pool/process-host.ts'
import type { ToProcess } from '../../engine/pool/envelope.ts'
import { entriesBeside } from '../host/entry-path.ts'

// Ctrl-C and a closed terminal reach the whole process group; only the supervisor decides what they mean. When the
// supervisor is gone its channel closes, and that ends this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit(0))
process.on('unhandledRejection', error => {
  throw error
})

const port: ProcessPort = {
  post: message => {
    // A channel that is closing is noticed by `disconnect`; there is nobody left to tell about it.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
  },
  onMessage: listener => process.on('message', message => listener(message as ToProcess)),
  exit: code => {
    // Messages still in the channel leave first: `disconnect` is called when they have.
    process.exitCode = code
    process.disconnect()
  },
}

const isThreaded = process.argv[2] === 'threads'
const entryOf = entriesBeside(import.meta.url)
hostWorkers(port, {
  threadEntry: isThreaded ? entryOf('worker-thread') : null,
  sqliteThread: entryOf('sqlite-writer'),
})
