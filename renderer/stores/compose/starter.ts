import { shallowRef, type ShallowRef } from 'vue'

import type { Client } from '../../../shared/contract/contract.ts'
import { JobError } from '../../../shared/model/error.ts'
import { NO_SECRETS } from '../../../shared/model/job.ts'
import type { HostBridge } from '../../client/host-bridge.ts'
import { announceComparison } from './announce-comparison.ts'
import { NO_OPTIONS } from './results-form.ts'
import { computeSample, loadSample, mixedSample, sampleFile, type SampleName } from './samples.ts'
import { isComparedAfter, startRun, type StartRequest } from './start.ts'

interface Starter {
  readonly isStarting: Readonly<ShallowRef<boolean>>
  readonly startingSample: Readonly<ShallowRef<SampleName | null>>
  /** @returns The id of the run; `null` when it was not started. A second call while one goes on starts nothing. */
  readonly begin: (make: () => Promise<StartRequest> | StartRequest) => Promise<string | null>
  readonly startSample: (sample: SampleName) => Promise<string | null>
}

/** Starts runs, one at a time. @param dataDir Of the host, once it is known. @param problem Gets what a start was refused for. */
export function composeStarter(
  host: () => HostBridge,
  dataDir: () => string | undefined,
  problem: ShallowRef<Error | null>,
): Starter {
  const isStarting = shallowRef(false)
  const startingSample = shallowRef<SampleName | null>(null)

  const begin: Starter['begin'] = async make => {
    if (isStarting.value) return null
    isStarting.value = true
    problem.value = null
    try {
      const request = await make()
      const { client } = host()
      const runId = await startRun(client, request)
      if (isComparedAfter(request)) void announceComparison(client, runId, request)
      return runId
    } catch (error) {
      problem.value = error as Error
      return null
    } finally {
      isStarting.value = false
    }
  }

  const startSample: Starter['startSample'] = async sample => {
    if (isStarting.value) return null
    startingSample.value = sample
    try {
      return await begin(() => sampleRequest(sample, host(), dataDir()))
    } finally {
      startingSample.value = null
    }
  }

  return { isStarting, startingSample, begin, startSample }
}

async function sampleRequest(
  sample: SampleName,
  host: HostBridge,
  dataDir: string | undefined,
): Promise<StartRequest> {
  const rest = { options: NO_OPTIONS, secrets: NO_SECRETS }
  if (sample === 'compute') return { job: computeSample(), ...rest }
  if (sample === 'mixed') return { job: mixedSample(), ...rest }
  const [place] = await host.importFiles([sampleFile()], () => undefined, new AbortController().signal)
  if (place === undefined) throw new JobError('E_INTERNAL', 'the host took the sample and named no place')
  return { job: loadSample(place, dataDir ?? (await dataDirOf(host.client))), ...rest }
}

const dataDirOf = async (client: Client): Promise<string> =>
  (await client.call('host.inspect', {})).dataDir.path
