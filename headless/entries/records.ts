import { parentPort, workerData } from 'node:worker_threads'
import { serveRecords, type RecordsOptions } from '../../engine/records/records-worker.ts'

// The records worker of hosts without Electron: a thread of the supervising process.
if (parentPort === null) throw new Error('headless/entries/records is started as a worker thread')
serveRecords(parentPort, workerData as RecordsOptions)
