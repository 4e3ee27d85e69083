import type { Handlers } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { EnginePorts } from '../ports.ts'
import type { Runs } from '../run/runs.ts'

const absent = async (): Promise<never> => {
  throw new JobError('E_INTERNAL', 'not in this version')
}

/** What this part of the engine answers, with what ends with the engine. */
export function historyHandlers(_ports: EnginePorts, _runs: Runs): HandlerGroup {
  return {
    handlers: {
      'run.history': absent,
      'runs.restore': absent,
      'runs.tag': absent,
      'runs.watch': absent,
    },
    close: async () => undefined,
  }
}

interface HandlerGroup {
  readonly handlers: Pick<Handlers, 'run.history' | 'runs.restore' | 'runs.tag' | 'runs.watch'>
  close(): Promise<void>
}
