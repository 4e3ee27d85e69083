import { connect } from '../../shared/contract/connect.ts'
import type { Client } from '../../shared/contract/contract.ts'
import { makeMemoryWires } from '../../shared/contract/memory-wire.ts'
import { serve } from '../../shared/contract/serve.ts'
import type { EntryResolver } from '../host/entry-path.ts'
import { makeHostEngine } from '../host/host-engine.ts'
import { dashboardPort } from '../../engine/host/serving-place.ts'
import { dataDirOf, makeDataDir } from './data-dir.ts'
import { textOf, type FlagValues } from './flag-spec.ts'

export interface OpenEngine extends AsyncDisposable {
  readonly client: Client
  readonly dataDir: string
}

/** An engine in this process, and this command as a client of it over a wire, as a window would be. */
export function openEngine(values: FlagValues, entries: EntryResolver, env: NodeJS.ProcessEnv): OpenEngine {
  const dataDir = dataDirOf(textOf(values, 'data-dir'))
  makeDataDir(dataDir)
  const engine = makeHostEngine({
    dataDir,
    entries,
    env,
    ownPorts: () => {
      const port = dashboardPort(dataDir)
      return port === null ? [] : [port]
    },
  })
  const [hostEnd, clientEnd] = makeMemoryWires()
  const serving = serve(engine.handlers, hostEnd)
  const client = connect(clientEnd)
  return {
    client,
    dataDir,
    [Symbol.asyncDispose]: async () => {
      await engine.close()
      client.close()
      serving.close()
    },
  }
}
