import { makeMemoryWires } from '../../shared/contract/memory-wire.ts'
import { describeWire } from './wire.ts'

describeWire('memory', async () => {
  const [host, view] = makeMemoryWires()
  return { host, view, dispose: async () => undefined }
})
