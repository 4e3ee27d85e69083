/** Main module of the table worker's utility process. */
import { serveTables } from '../../engine/table/table-worker.ts'
import { ignoreTerminal, utilityPort } from './parent-port.ts'

ignoreTerminal()
const port = utilityPort<unknown, unknown>()
const dataDir = process.argv.at(-1)
if (dataDir === undefined) throw new Error('the table worker is told its data folder')
serveTables({ postMessage: port.post, on: (_event, listener) => port.onMessage(listener) }, { dataDir })
