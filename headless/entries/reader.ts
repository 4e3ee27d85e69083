/** Main module of the reader's thread. */
import { parentPort } from 'node:worker_threads'
import { runReader } from '../../engine/source/reader.ts'
import type { ToReader } from '../../engine/source/reader-protocol.ts'

const port = parentPort
if (port === null) throw new Error('this module runs in a worker thread')

runReader({
  post: message => port.postMessage(message),
  onMessage: listener => port.on('message', (message: ToReader) => listener(message)),
  close: () => port.close(),
})
