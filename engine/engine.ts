import type { Handlers } from '../shared/contract/contract.ts'
import { NO_SECRETS } from '../shared/model/job.ts'
import { historyHandlers } from './history/history-handlers.ts'
import { inputHandlers } from './input/input-handlers.ts'
import type { EnginePorts } from './ports.ts'
import type { Records } from './records/protocol.ts'
import { withoutSecrets } from './run/load-terms.ts'
import { Runs } from './run/runs.ts'
import { tableHandlers } from './table/table-handlers.ts'

/** The engine's only door: handlers of the contract, and an end. */
export interface Engine {
  readonly handlers: Handlers
  /** Stops what runs, orderly but at once, and waits until nothing of it is left. */
  close(): Promise<void>
}

export function createEngine(ports: EnginePorts): Engine {
  const runs = new Runs(ports)
  const groups = [
    tableHandlers(ports, runs),
    inputHandlers(ports, runs),
    historyHandlers(ports, runs),
  ] as const
  const [table, input, history] = groups
  const handlers: Handlers = {
    ...runHandlers(ports, runs),
    ...table.handlers,
    ...input.handlers,
    ...history.handlers,
    // Views that sign in are a matter of the host that lets them.
    'sessions.list': async () => [],
    'sessions.revoke': async () => null,
  }
  return {
    handlers,
    close: async () => {
      await runs.close()
      await Promise.all(groups.map(group => group.close()))
    },
  }
}

type RunHandlers = Pick<
  Handlers,
  | 'run.start'
  | 'run.resume'
  | 'run.find'
  | 'run.stop'
  | 'run.pause'
  | 'run.tune'
  | 'run.spans'
  | 'runs.list'
  | 'runs.show'
  | 'runs.export'
  | 'runs.delete'
  | 'host.inspect'
  | 'run.events'
>

function runHandlers(ports: EnginePorts, runs: Runs): RunHandlers {
  const ask = async <T>(question: (records: Records) => Promise<T>): Promise<T> => {
    const link = ports.startRecords(() => undefined)
    try {
      return await question(link.records)
    } finally {
      await link.close()
    }
  }
  return {
    'run.start': ({ job, options, secrets }) => runs.start(job, options, secrets ?? NO_SECRETS),
    'run.resume': ({ runId, options, parallelism, secrets }) =>
      runs.resume(runId, { options, change: parallelism, secrets: secrets ?? NO_SECRETS }),
    'run.find': async ({ job }) => ({
      runId: await ask(records => records.findUnfinished(withoutSecrets(job, NO_SECRETS).job)),
    }),
    'run.stop': async ({ runId, phase }) => {
      runs.get(runId).stop(phase)
      return null
    },
    'run.pause': async ({ runId, isPaused }) => {
      runs.get(runId).setPaused(isPaused)
      return null
    },
    'run.tune': async ({ runId, tuning }) => {
      runs.get(runId).tune(tuning)
      return null
    },
    'run.spans': async ({ runId, from }) => runs.get(runId).readSpans(from),
    'runs.list': () => ask(records => records.list()),
    'runs.show': ({ runId }) => ask(records => records.show(runId)),
    'runs.export': request => ask(records => records.exportRun(request)),
    'runs.delete': ({ runId }) => ask(records => records.remove(runId)),
    'host.inspect': () => ports.inspect(),
    'run.events': ({ runId, cursor }, port) => {
      const run = runs.get(runId)
      const unfollow = run.log.follow(cursor, logged => {
        port.push(logged, logged.event.type === 'tick' ? 'tick' : undefined)
        if (logged.event.type === 'run.summary') port.end()
      })
      port.onClosed(unfollow)
    },
  }
}
