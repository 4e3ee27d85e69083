import type { Handlers } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { EnginePorts } from '../ports.ts'
import type { Runs } from '../run/runs.ts'

const absent = async (): Promise<never> => {
  throw new JobError('E_INTERNAL', 'not in this version')
}

/** What this part of the engine answers, with what ends with the engine. */
export function tableHandlers(_ports: EnginePorts, _runs: Runs): HandlerGroup {
  return {
    handlers: {
      'tasks.page': absent,
      'tasks.show': absent,
      'tasks.breakdown': absent,
      'tasks.pivot': absent,
      'tasks.retry': absent,
      'export.make': absent,
      'export.read': absent,
      'export.drop': absent,
    },
    close: async () => undefined,
  }
}

interface HandlerGroup {
  readonly handlers: Pick<
    Handlers,
    | 'tasks.page'
    | 'tasks.show'
    | 'tasks.breakdown'
    | 'tasks.pivot'
    | 'tasks.retry'
    | 'export.make'
    | 'export.read'
    | 'export.drop'
  >
  close(): Promise<void>
}
