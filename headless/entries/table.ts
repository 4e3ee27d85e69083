import { parentPort, workerData } from 'node:worker_threads'
import { serveTables, type TableOptions } from '../../engine/table/table-worker.ts'

// The table worker of hosts without Electron: a thread of the supervising process.
if (parentPort === null) throw new Error('headless/entries/table is started as a worker thread')
serveTables(parentPort, workerData as TableOptions)
