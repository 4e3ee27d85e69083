import { mkdirSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type {
  ComparedRun,
  Comparison,
  ComparisonEnvironment,
  ComparisonPlan,
  ComparisonState,
} from '../../shared/model/comparison.ts'
import { failureOf } from '../../shared/model/error.ts'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import type { Secrets } from '../../shared/model/job.ts'
import { keptJob } from '../../shared/model/kept-job.ts'
import { PHASE, type Phase } from '../../shared/model/run.ts'
import type { KeptRecords } from '../history/kept-records.ts'
import type { Runs } from '../run/runs.ts'
import { judge } from './judge.ts'
import { LAB_OPTIONS, labJob } from './lab-job.ts'
import { measureRun } from './measure-run.ts'
import { runOrder, type PlannedRun } from './run-order.ts'
import { seededRandom } from './statistics/seeded-random.ts'

/** Processes of the run before are gone by then, and the disk has their files. */
const REST_MS = 150

export interface LivingParts {
  readonly comparisonId: string
  readonly startedAt: string
  readonly plan: ComparisonPlan
  /** Every number of each point, as this machine decides it. */
  readonly parallelism: readonly Parallelism[]
  readonly environment: ComparisonEnvironment
  readonly secrets: Secrets
  /** Outputs of its runs; removed at the end. */
  readonly folder: string
  readonly runs: Runs
  readonly records: KeptRecords
  /** Called with everything that is known after each run, and at the end. */
  readonly onChange: (comparison: Comparison) => void
}

/** A comparison that is being made: one run after the other, in its random order. */
export class LivingComparison {
  readonly ended: Promise<Comparison>
  readonly #parts: LivingParts
  readonly #order: readonly PlannedRun[]
  readonly #measured: ComparedRun[][]
  #state: ComparisonState = 'running'
  #reason: string | null = null
  #done = 0
  #runId: string | null = null
  #isStopping = false

  constructor(parts: LivingParts) {
    this.#parts = parts
    const { plan } = parts
    this.#order = runOrder(plan.points.length, plan, seededRandom(plan.seed))
    this.#measured = plan.points.map(() => [])
    this.ended = this.#live()
  }

  /** The run that is under way; `null` between two. */
  get runId(): string | null {
    return this.#runId
  }

  /** What is known so far. */
  now(): Comparison {
    const { comparisonId, startedAt, plan, parallelism, environment } = this.#parts
    const measured = plan.points.map((point, at) => ({
      point,
      parallelism: parallelism[at]!,
      runs: this.#measured[at]!,
    }))
    return {
      schema: 'interleave/comparison@1',
      comparisonId,
      startedAt,
      state: this.#state,
      reason: this.#reason,
      plan: { ...plan, job: keptJob(plan.job) },
      environment,
      runsDone: this.#done,
      runsPlanned: this.#order.length,
      ...judge(plan, measured, environment.busyRatio),
    }
  }

  /** No further run is begun; the one under way is stopped in this phase. */
  stop(phase: Exclude<Phase, 0> = PHASE.abort): void {
    this.#isStopping = true
    if (this.#runId !== null) this.#parts.runs.find(this.#runId)?.stop(phase)
  }

  async #live(): Promise<Comparison> {
    const { folder, onChange } = this.#parts
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    try {
      for (const [order, planned] of this.#order.entries()) {
        if (this.#isStopping) break
        await this.#measure(planned, order)
        onChange(this.now())
      }
      this.#state = this.#isStopping ? 'stopped' : 'done'
    } catch (error) {
      this.#state = 'failed'
      this.#reason = failureOf(error).message
    }
    rmSync(folder, { recursive: true, force: true })
    const last = this.now()
    onChange(last)
    return last
  }

  async #measure(planned: PlannedRun, order: number): Promise<void> {
    const { plan, runs, records, secrets, folder, comparisonId } = this.#parts
    const point = plan.points[planned.point]!
    const job = { ...labJob(plan.job, folder, order), parallelism: point.parallelism }
    const { runId } = await runs.start(job, LAB_OPTIONS, secrets)
    this.#runId = runId
    const session = runs.find(runId)!
    if (this.#isStopping) session.stop(PHASE.abort)
    const summary = await session.ended
    this.#runId = null
    if (this.#isStopping) return
    await pause(REST_MS)
    const { samples } = await records.ask(each => each.history(runId))
    await records.ask(each => each.tag({ runId, tags: [tagOf(comparisonId), point.name.slice(0, 40)] }))
    const { firstTaskMs } = session
    const machine = this.#parts.environment
    this.#measured[planned.point]!.push(
      measureRun({ planned, order, summary, firstTaskMs, samples, job, machine }),
    )
    this.#done += 1
  }
}

/** Runs of a comparison are found by it. */
const tagOf = (comparisonId: string): string => `compare ${comparisonId}`
