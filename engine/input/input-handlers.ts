import type { Handlers } from '../../shared/contract/contract.ts'
import { decideParallelism } from '../../shared/model/parallelism.ts'
import type { EnginePorts } from '../ports.ts'
import { checkOrder } from '../run/load-terms.ts'
import type { Runs } from '../run/runs.ts'
import { nowMs } from '../worker/clock.ts'
import { Looker } from './looker.ts'
import type { LookHandlers } from './looks.ts'
import { SettingsStore } from './settings-store.ts'
import { StorageMeter } from './storage-meter.ts'
import { Uploads } from './uploads.ts'

type InputHandlers = LookHandlers &
  Pick<
    Handlers,
    | 'job.decide'
    | 'upload.begin'
    | 'upload.write'
    | 'upload.end'
    | 'upload.drop'
    | 'settings.get'
    | 'settings.set'
    | 'host.storage'
  >

interface HandlerGroup {
  readonly handlers: InputHandlers
  close(): Promise<void>
}

/** What this part of the engine answers, with what ends with the engine. */
export function inputHandlers(ports: EnginePorts, _runs: Runs): HandlerGroup {
  const { dataDir, startReader, readCpuQuota } = ports
  const looker = new Looker(startReader)
  const settings = new SettingsStore(dataDir)
  const storage = new StorageMeter(dataDir, nowMs)
  const uploads = new Uploads({ dataDir, namedInputs: () => inputsOfRuns(ports) })
  return {
    handlers: {
      'input.inspect': input => looker.ask('input.inspect', input),
      'crawl.preview': input => looker.ask('crawl.preview', input),
      'load.preview': input => looker.ask('load.preview', input),
      'job.read': input => looker.ask('job.read', input),
      'job.decide': async ({ job }) => {
        const parallelism = decideParallelism(job.parallelism, job.kind, await readCpuQuota())
        checkOrder(job, parallelism)
        return parallelism
      },
      'upload.begin': async ({ name, bytes }) => ({ uploadId: await uploads.begin(name, bytes) }),
      'upload.write': async ({ uploadId, offset, bytes }) => {
        await uploads.write(uploadId, offset, bytes)
        return null
      },
      'upload.end': async ({ uploadId }) => ({ path: await uploads.end(uploadId) }),
      'upload.drop': async ({ uploadId }) => {
        await uploads.drop(uploadId)
        return null
      },
      'settings.get': () => settings.get(),
      'settings.set': ({ settings: wished }) => settings.set(wished),
      'host.storage': () => storage.measure(),
    },
    close: async () => {
      looker.close()
      await uploads.close()
    },
  }
}

async function inputsOfRuns({ startRecords }: EnginePorts): Promise<readonly string[]> {
  const link = startRecords(() => undefined)
  try {
    const inputs: string[] = []
    for (const { runId, kind } of await link.records.list()) {
      if (kind === 'cpu') continue
      const { job } = await link.records.show(runId)
      if (job.kind !== 'cpu') inputs.push(...job.inputs)
    }
    return inputs
  } finally {
    await link.close()
  }
}
