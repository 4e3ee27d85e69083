/** Main module of the records worker's utility process. */
import { serveRecords } from '../../engine/records/records-worker.ts'
import { ignoreTerminal, utilityPort } from './parent-port.ts'

ignoreTerminal()
const port = utilityPort<unknown, unknown>()
const dataDir = process.argv.at(-1)
if (dataDir === undefined) throw new Error('the records worker is told its data folder')
serveRecords({ postMessage: port.post, on: (_event, listener) => port.onMessage(listener) }, { dataDir })
