import { defaultsOf } from '../../../shared/model/field-schema.ts'
import { cpuFields } from '../../../shared/model/fields/cpu.ts'
import { crawlFields } from '../../../shared/model/fields/crawl.ts'
import { loadFields } from '../../../shared/model/fields/load.ts'
import type { Model, ParallelismOptions } from '../../../shared/model/fields/parallelism.ts'
import { JOB_SCHEMA, type JobKind, type JobSpec } from '../../../shared/model/job.ts'
import { DEFAULT_TABLE, formatTarget } from '../../../shared/model/load-target.ts'
import { parallelismDefaultsOf } from '../../../shared/model/parallelism.ts'
import type { SiteLaws } from '../../site/laws.ts'

/** Pages as a distant server has them: mostly some 25 ms, at times much longer; one in a hundred fails. */
export const DEMO_LAWS: Partial<SiteLaws> = {
  seed: 20_261_122,
  pages: 10_000,
  latency: { law: 'lognormal', median: 25, sigma: 0.35 },
  bytes: { law: 'lognormal', median: 4_096, sigma: 0.5 },
  errorRatio: 0.01,
  recoverRatio: 0,
}

/** Tasks in flight of every model but `sequential`: with the same number, only the model differs. */
const IN_FLIGHT = 64
const PAGES = 5_000
/** One after the other, all pages would take minutes. */
const SAMPLE_PAGES = 80
const CPU_TASKS = 480
/** About 20 MB of text. */
const LINES = 200_000

/** One run of the demo. */
export interface DemoStep {
  readonly kind: JobKind
  readonly model: Model
  readonly tasks: number
  readonly isSample: boolean
  readonly parallelism: Partial<ParallelismOptions>
}

/** @param cpus CPU quota, rounded up: workers of the parallel models. */
export function demoSteps(cpus: number): DemoStep[] {
  const workers = Math.min(8, Math.max(2, cpus))
  const share = (count: number) => Math.max(1, Math.round(IN_FLIGHT / count))
  const crawl = (model: Model, parallelism: Partial<ParallelismOptions>): DemoStep => ({
    kind: 'crawl',
    model,
    tasks: PAGES,
    isSample: false,
    parallelism,
  })
  const cpu = (model: Model, parallelism: Partial<ParallelismOptions>): DemoStep => ({
    ...crawl(model, parallelism),
    kind: 'cpu',
    tasks: CPU_TASKS,
  })
  return [
    { ...crawl('sequential', {}), tasks: SAMPLE_PAGES, isSample: true },
    crawl('loop', { inFlight: IN_FLIGHT }),
    crawl('threads', { threads: workers, inFlight: share(workers) }),
    crawl('processes', { processes: workers, inFlight: share(workers) }),
    crawl('hybrid', { processes: workers, threads: 2, inFlight: share(workers * 2) }),
    cpu('sequential', {}),
    cpu('threads', { threads: workers }),
    cpu('processes', { processes: workers }),
    { ...crawl('loop', {}), kind: 'load', tasks: LINES },
  ]
}

/** @param input Absolute path of the step's list of pages, or of its lines; unused by cpu steps. */
export function jobOfStep(step: DemoStep, input: string): JobSpec {
  const parallelism = { ...parallelismDefaultsOf(step.kind), model: step.model, ...step.parallelism }
  if (step.kind === 'cpu') {
    const cpu = { ...defaultsOf(cpuFields), tasks: step.tasks }
    return { schema: JOB_SCHEMA, kind: 'cpu', cpu, parallelism }
  }
  if (step.kind === 'load') {
    const to = formatTarget({ kind: 'sqlite', path: databaseOf(input), table: DEFAULT_TABLE })
    return {
      schema: JOB_SCHEMA,
      kind: 'load',
      inputs: [input],
      load: { ...defaultsOf(loadFields), to },
      parallelism,
    }
  }
  // Without retries every page is asked for once, so that all models have the same to do.
  const crawl = { ...defaultsOf(crawlFields), retries: 0 }
  return { schema: JOB_SCHEMA, kind: 'crawl', inputs: [input], crawl, parallelism }
}

/** @returns Where a load step puts the lines of `input`. */
export const databaseOf = (input: string): string => `${input}.db`

/** @returns A list of the step's pages; each step has addresses of its own, so that the site answers each the same. */
export const pageList = (step: DemoStep, origin: string): string =>
  Array.from({ length: step.tasks }, (_, page) => `${origin}/page/${page}?model=${step.model}\n`).join('')
