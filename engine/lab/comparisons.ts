import { randomBytes } from 'node:crypto'
import type { Handlers, StreamPort } from '../../shared/contract/contract.ts'
import type { Comparison, ComparisonPlan } from '../../shared/model/comparison.ts'
import { JobError } from '../../shared/model/error.ts'
import { NO_SECRETS, type Secrets } from '../../shared/model/job.ts'
import { decideParallelism } from '../../shared/model/parallelism.ts'
import { PHASE } from '../../shared/model/run.ts'
import type { KeptRecords } from '../history/kept-records.ts'
import type { EnginePorts } from '../ports.ts'
import { checkOrder } from '../run/load-terms.ts'
import type { Runs } from '../run/runs.ts'
import { ComparisonStore, entryOf } from './comparison-store.ts'
import { readEnvironment } from './environment.ts'
import { labJob } from './lab-job.ts'
import { LivingComparison } from './living-comparison.ts'

interface ComparisonsParts {
  readonly ports: Pick<EnginePorts, 'dataDir' | 'readCpuQuota'>
  readonly runs: Runs
  readonly records: KeptRecords
}

interface Living {
  readonly comparison: LivingComparison
  readonly views: Set<StreamPort<Comparison>>
}

/** Comparisons of this process, and those that are kept. One is made at a time: two would measure each other. */
export class Comparisons {
  readonly #parts: ComparisonsParts
  readonly #store: ComparisonStore
  readonly #living = new Map<string, Living>()
  /** Files are written one after the other. */
  #writing: Promise<unknown> = Promise.resolve()

  constructor(parts: ComparisonsParts) {
    this.#parts = parts
    this.#store = new ComparisonStore(parts.ports.dataDir)
  }

  get handlers(): Pick<
    Handlers,
    'compare.start' | 'compare.stop' | 'compare.show' | 'compare.list' | 'compare.delete' | 'compare.watch'
  > {
    return {
      'compare.start': ({ plan, secrets }) => this.#start(plan, secrets ?? NO_SECRETS),
      'compare.stop': async ({ comparisonId }) => {
        this.#living.get(comparisonId)?.comparison.stop()
        return null
      },
      'compare.show': ({ comparisonId }) => this.#show(comparisonId),
      'compare.list': async () => [
        ...[...this.#living.values()].map(({ comparison }) => entryOf(comparison.now())),
        ...(await this.#store.list()).filter(({ comparisonId }) => !this.#living.has(comparisonId)),
      ],
      'compare.delete': async ({ comparisonId }) => {
        if (this.#living.has(comparisonId))
          throw new JobError('E_LOCKED', `comparison ${comparisonId} is being made; stop it first`)
        await this.#store.remove(comparisonId)
        return null
      },
      'compare.watch': ({ comparisonId }, port) => this.#watch(comparisonId, port),
    }
  }

  async close(): Promise<void> {
    const living = [...this.#living.values()]
    for (const { comparison } of living) comparison.stop(PHASE.abort)
    await Promise.all(living.map(({ comparison }) => comparison.ended))
    await this.#writing
  }

  async #start(plan: ComparisonPlan, secrets: Secrets): Promise<{ comparisonId: string }> {
    const [other] = this.#living.keys()
    if (other !== undefined)
      throw new JobError(
        'E_LOCKED',
        `comparison ${other} is being made; two at a time would measure each other`,
      )
    const { ports, runs, records } = this.#parts
    const startedAt = new Date()
    const comparisonId = `${stampOf(startedAt)}-${randomBytes(3).toString('hex')}`
    const folder = this.#store.folderOf(comparisonId)
    labJob(plan.job, folder, 0)
    const cpus = await ports.readCpuQuota()
    const parallelism = plan.points.map(point => {
      const decided = decideParallelism(point.parallelism, plan.job.kind, cpus)
      checkOrder(plan.job, decided)
      return decided
    })
    const environment = await readEnvironment()
    const comparison = new LivingComparison({
      comparisonId,
      startedAt: startedAt.toISOString(),
      plan,
      parallelism,
      environment,
      secrets,
      folder,
      runs,
      records,
      onChange: now => this.#changed(comparisonId, now),
    })
    this.#living.set(comparisonId, { comparison, views: new Set() })
    void comparison.ended.then(() => this.#ended(comparisonId))
    return { comparisonId }
  }

  #changed(comparisonId: string, now: Comparison): void {
    for (const view of this.#living.get(comparisonId)?.views ?? []) view.push(now, comparisonId)
    // What cannot be kept is still told to who looks.
    this.#writing = this.#writing.then(() => this.#store.put(now)).catch(() => undefined)
  }

  async #ended(comparisonId: string): Promise<void> {
    await this.#writing
    const living = this.#living.get(comparisonId)
    this.#living.delete(comparisonId)
    for (const view of living?.views ?? []) view.end()
  }

  async #show(comparisonId: string): Promise<Comparison> {
    return this.#living.get(comparisonId)?.comparison.now() ?? (await this.#store.read(comparisonId))
  }

  async #watch(comparisonId: string, port: StreamPort<Comparison>): Promise<void> {
    const living = this.#living.get(comparisonId)
    if (living === undefined) {
      port.push(await this.#store.read(comparisonId))
      return port.end()
    }
    port.push(living.comparison.now(), comparisonId)
    living.views.add(port)
    port.onClosed(() => living.views.delete(port))
  }
}

/** Sorts by time, as run ids do. */
const stampOf = (at: Date): string => {
  const [date = '', time = ''] = at.toISOString().split('T')
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`
}
