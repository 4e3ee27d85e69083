import { shallowRef } from 'vue'

import type { Client } from '../../../shared/contract/contract.ts'
import type { HostReport } from '../../../shared/model/host-report.ts'
import { computeSample } from './samples.ts'

/** What a composed run has to fit: asked once, when the host can be reached. */
export function composeMachine(client: () => Client) {
  const report = shallowRef<HostReport | null>(null)
  /** CPUs that a run may use; known sooner than the rest of the report. */
  const cpus = shallowRef<number | null>(null)
  const machineProblem = shallowRef<Error | null>(null)

  const load = async (): Promise<void> => {
    machineProblem.value = null
    const asked = client()
    await Promise.all([
      // One process a CPU is what such a job has here.
      asked.call('job.decide', { job: computeSample() }).then(({ processes }) => (cpus.value = processes)),
      asked.call('host.inspect', {}).then(found => (report.value = found)),
    ]).catch((error: unknown) => {
      machineProblem.value = error as Error
    })
  }

  return { report, cpus, machineProblem, load }
}
