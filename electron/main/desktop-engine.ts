import { createEngine, type Engine } from '../../engine/engine.ts'
import { OWN_PORTS_VARIABLE } from '../../engine/executor/http/own-ports.ts'
import { readCpuQuota } from '../../engine/host/cpu-quota.ts'
import { dashboardPort } from '../../engine/host/serving-place.ts'
import { UtilityChildren } from './utility-child.ts'
import { makeUtilityLinks } from './utility-links.ts'

interface DesktopEngineOptions {
  /** Exists already. */
  readonly dataDir: string
  /** Folder of the built modules. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
}

/** An engine whose supervisor is the main process; whatever works or parses is a utility process. */
export function makeDesktopEngine({ dataDir, folder, env }: DesktopEngineOptions): Engine {
  const children = new UtilityChildren()
  const engine = createEngine({
    dataDir,
    ...makeUtilityLinks({
      folder,
      dataDir,
      children,
      // A dashboard of the same data folder may be served beside this app: no crawl may connect to it.
      env: () => ({ [OWN_PORTS_VARIABLE]: String(dashboardPort(dataDir) ?? '') }),
    }),
    inspect: async () => (await import('../../engine/host/inspect.ts')).inspectHost({ dataDir, env }),
    readCpuQuota: async () => readCpuQuota().cpus,
    testFaults: env['INTERLEAVE_TEST_FAULTS'],
  })
  return {
    handlers: engine.handlers,
    close: async () => {
      await engine.close()
      // Electron may crash when it ends while some of them live.
      await children.end()
    },
  }
}
