import { defaultsOf } from '../../../shared/model/field-schema.ts'
import { cpuFields, type CpuOptions } from '../../../shared/model/fields/cpu.ts'
import { loadFields } from '../../../shared/model/fields/load.ts'
import type { ParallelismOptions } from '../../../shared/model/fields/parallelism.ts'
import { JOB_SCHEMA, type CpuJob, type LoadJob } from '../../../shared/model/job.ts'
import { formatTarget } from '../../../shared/model/load-target.ts'
import { parallelismDefaultsOf } from '../../../shared/model/parallelism.ts'
import { joined } from './places.ts'

export const SAMPLES = ['compute', 'mixed', 'load'] as const
export type SampleName = (typeof SAMPLES)[number]

const LINES = 100_000

const cpuJob = (cpu: Partial<CpuOptions>, parallelism: Partial<ParallelismOptions>): CpuJob => ({
  schema: JOB_SCHEMA,
  kind: 'cpu',
  cpu: { ...defaultsOf(cpuFields), ...cpu },
  parallelism: { ...parallelismDefaultsOf('cpu'), ...parallelism },
})

/** Work that only computes: as many tasks at once as there are CPUs. */
export const computeSample = (): CpuJob => cpuJob({ kernel: 'primes', tasks: 2_000 }, { model: 'processes' })

/** Work that mostly waits: one event loop has many tasks in flight. */
export const mixedSample = (): CpuJob =>
  cpuJob({ kernel: 'json', tasks: 2_000, ioRatio: 0.95 }, { model: 'loop', inFlight: 32 })

/** A list as the article loads it: a line, its number the key. */
export function sampleFile(): File {
  const lines = Array.from({ length: LINES }, (_, at) => `value of line ${at}`)
  return new File([`${lines.join('\n')}\n`], 'sample-lines.txt', { type: 'text/plain' })
}

/** Loading it again writes the same rows again: their key is the number of the line. */
export const loadSample = (place: string, dataDir: string): LoadJob => ({
  schema: JOB_SCHEMA,
  kind: 'load',
  inputs: [place],
  load: {
    ...defaultsOf(loadFields),
    to: formatTarget({ kind: 'sqlite', path: joined(dataDir, 'sample.db'), table: 'records' }),
  },
  parallelism: parallelismDefaultsOf('load'),
})
