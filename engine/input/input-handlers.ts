import type { Handlers } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { EnginePorts } from '../ports.ts'
import type { Runs } from '../run/runs.ts'

const absent = async (): Promise<never> => {
  throw new JobError('E_INTERNAL', 'not in this version')
}

/** What this part of the engine answers, with what ends with the engine. */
export function inputHandlers(_ports: EnginePorts, _runs: Runs): HandlerGroup {
  return {
    handlers: {
      'input.inspect': absent,
      'crawl.preview': absent,
      'job.decide': absent,
      'upload.begin': absent,
      'upload.write': absent,
      'upload.end': absent,
      'upload.drop': absent,
      'settings.get': absent,
      'settings.set': absent,
      'host.storage': absent,
    },
    close: async () => undefined,
  }
}

interface HandlerGroup {
  readonly handlers: Pick<
    Handlers,
    | 'input.inspect'
    | 'crawl.preview'
    | 'job.decide'
    | 'upload.begin'
    | 'upload.write'
    | 'upload.end'
    | 'upload.drop'
    | 'settings.get'
    | 'settings.set'
    | 'host.storage'
  >
  close(): Promise<void>
}
