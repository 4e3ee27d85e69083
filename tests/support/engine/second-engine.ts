import { findEntries } from './find-entries.ts'
import { makeHostEngine } from '../../../headless/host/host-engine.ts'
import { connect } from '../../../shared/contract/connect.ts'
import type { Client } from '../../../shared/contract/contract.ts'
import { makeMemoryWires } from '../../../shared/contract/memory-wire.ts'
import { serve } from '../../../shared/contract/serve.ts'

/** An engine of this process over the data folder of others, as the dashboard has it. Dispose of it. */
export class SecondEngine implements AsyncDisposable {
  readonly client: Client
  readonly #close: () => Promise<void>

  constructor(dataDir: string) {
    const engine = makeHostEngine({
      dataDir,
      entries: findEntries(),
      env: process.env,
      ownPorts: () => [],
    })
    const [hostEnd, viewEnd] = makeMemoryWires()
    const serving = serve(engine.handlers, hostEnd)
    this.client = connect(viewEnd)
    this.#close = async () => {
      await engine.close()
      this.client.close()
      serving.close()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close()
  }
}
