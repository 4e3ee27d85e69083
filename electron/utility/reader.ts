/** Main module of the reader's utility process: nothing that comes from outside is parsed in the main process. */
import type { FromReader, ToReader } from '../../engine/source/reader-protocol.ts'
import { runReader } from '../../engine/source/reader.ts'
import { ignoreTerminal, utilityPort } from './parent-port.ts'

ignoreTerminal()
const port = utilityPort<ToReader, FromReader>()
// What is sent between processes is always copied.
runReader({
  post: message => port.post(message),
  onMessage: port.onMessage,
  close: () => port.leave(0),
})
