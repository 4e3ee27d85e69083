/** Main module of the thread that writes an SQLite database for one worker of a load. */
import { parentPort, workerData } from 'node:worker_threads'

import type { ToWriterThread, WriterThreadData } from '../../engine/destination/sqlite/writer-protocol.ts'
import { serveWriter } from '../../engine/destination/sqlite/writer-thread.ts'

const port = parentPort
if (port === null) throw new Error('this module runs in a worker thread')

serveWriter(
  {
    post: (message, transfer) => port.postMessage(message, transfer),
    onMessage: listener => port.on('message', (message: ToWriterThread) => listener(message)),
    close: () => port.close(),
  },
  workerData as WriterThreadData,
)
