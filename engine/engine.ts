import type { Handlers } from '../shared/contract/contract.ts'
import { withoutDesktop } from '../shared/contract/without-desktop.ts'
import { NO_SECRETS } from '../shared/model/job.ts'
import { controlHandlers } from './control/control-handlers.ts'
import { Listening } from './control/listening.ts'
import { RunDoors } from './control/run-doors.ts'
import { historyHandlers } from './history/history-handlers.ts'
import { KeptRecords } from './history/kept-records.ts'
import { inputHandlers } from './input/input-handlers.ts'
import { Comparisons } from './lab/comparisons.ts'
import type { EnginePorts } from './ports.ts'
import { Runs } from './run/runs.ts'
import { tableHandlers } from './table/table-handlers.ts'

/** The engine's only door: handlers of the contract, and an end. */
export interface Engine {
  readonly handlers: Handlers
  /** Stops what runs, orderly but at once, and waits until nothing of it is left. */
  close(): Promise<void>
}

export function createEngine(ports: EnginePorts): Engine {
  const { dataDir } = ports
  const records = new KeptRecords(ports)
  const listening = new Listening(dataDir)
  const runs = new Runs(ports, listening.open)
  const doors = new RunDoors({ dataDir, runs, records })
  const comparisons = new Comparisons({ ports, runs, records })
  const groups = [tableHandlers(ports, runs), inputHandlers(ports, runs), historyHandlers(records)] as const
  const [table, input, history] = groups
  const handlers: Handlers = {
    ...runHandlers(ports, runs),
    ...controlHandlers(doors),
    ...table.handlers,
    ...input.handlers,
    ...history.handlers,
    ...comparisons.handlers,
    // Views that sign in are a matter of the host that lets them.
    'sessions.list': async () => [],
    'sessions.revoke': async () => null,
    ...withoutDesktop,
  }
  return {
    handlers,
    close: async () => {
      await comparisons.close()
      await runs.close()
      await Promise.all([listening.close(), doors.close(), ...groups.map(group => group.close())])
      await records.close()
    },
  }
}

type RunHandlers = Pick<Handlers, 'run.start' | 'run.resume' | 'runs.export' | 'host.inspect'>

const runHandlers = (ports: EnginePorts, runs: Runs): RunHandlers => ({
  'run.start': ({ job, options, secrets }) => runs.start(job, options, secrets ?? NO_SECRETS),
  'run.resume': ({ runId, options, parallelism, secrets }) =>
    runs.resume(runId, { options, change: parallelism, secrets: secrets ?? NO_SECRETS }),
  'runs.export': async request => {
    // It may take minutes: whoever asks for something else does not wait for it.
    const link = ports.startRecords(() => undefined)
    try {
      return await link.records.exportRun(request)
    } finally {
      await link.close()
    }
  },
  'host.inspect': () => ports.inspect(),
})
