import { randomBytes } from 'node:crypto'
import type { Input } from '../../shared/contract/contract.ts'
import type { JobSpec, RunOptions, Secrets } from '../../shared/model/job.ts'
import type { Parallelism, ParallelismOptions } from '../../shared/model/fields/parallelism.ts'
import { changeParallelism, decideParallelism } from '../../shared/model/parallelism.ts'
import { PHASE } from '../../shared/model/run.ts'
import type { EnginePorts, RecordsLink } from '../ports.ts'
import type { OpenedRun, Records } from '../records/protocol.ts'
import { parseAssert } from '../telemetry/asserts.ts'
import { nowMs } from '../worker/clock.ts'
import { parseFaults } from '../worker/faults.ts'
import { checkOrder } from './load-terms.ts'
import { rejectAllowanceOf } from './reject-limit.ts'
import { withHeaderValues, withoutSecrets } from './secrets.ts'
import { HeadStart, type Starters } from './head-start.ts'
import { Session } from './session.ts'

/** A run that ended stays readable for this long, for views that come late. */
const KEPT_RUNS = 50

/** How a session of a run begins. */
interface Beginning {
  readonly isResumed: boolean
  readonly secrets: Secrets
  /** Starts what is not known by the journal only; `null` where everything is. */
  readonly headStart: (() => HeadStart) | null
}

/** How other processes reach a run of this one. */
export type Listen = (runId: string, runOf: () => Session | null) => Promise<Ear>

export interface Ear {
  /** Why nobody else can reach the run; `null` when they can. */
  readonly problem: string | null
  closeAfter(ended: Promise<unknown>): void
}

/** The runs of this process, living and lately ended. */
export class Runs {
  readonly #ports: EnginePorts
  readonly #listen: Listen
  readonly #runs = new Map<string, Session>()

  constructor(ports: EnginePorts, listen: Listen) {
    this.#ports = ports
    this.#listen = listen
  }

  /** @returns `null` when this process does not have the run. */
  find(runId: string): Session | null {
    return this.#runs.get(runId) ?? null
  }

  async start(asked: JobSpec, options: RunOptions, given: Secrets): Promise<{ runId: string }> {
    const { job, secrets } = withoutSecrets(asked, given)
    const parallelism = await this.#decide(job, job.parallelism)
    // Refused now rather than when they are judged.
    options.asserts.forEach(parseAssert)
    rejectAllowanceOf(job, options)
    const startedAt = new Date()
    const runId = makeRunId(startedAt)
    const headStart = (): HeadStart => new HeadStart(this.#ports, job, parallelism)
    return this.#open({ isResumed: false, secrets, headStart }, records =>
      records.create({ runId, job, options, parallelism, secrets, startedAt: startedAt.toISOString() }),
    )
  }

  async resume(
    runId: string,
    {
      options,
      change,
      secrets,
    }: {
      readonly options: RunOptions | null
      readonly change: Input<'run.resume'>['parallelism']
      readonly secrets: Secrets
    },
  ): Promise<{ runId: string }> {
    return this.#open({ isResumed: true, secrets, headStart: null }, async records => {
      // The last session's numbers are the base: an earlier change is not forgotten.
      const { runId: fullId, job, parallelism: last } = await records.show(runId)
      // Refused before anything is changed.
      if (options !== null) rejectAllowanceOf(job, options)
      withHeaderValues(job, secrets)
      const parallelism = change === null ? null : await this.#decide(job, changeParallelism(last, change))
      return records.open({ runId: fullId, options, parallelism, secrets })
    })
  }

  async close(): Promise<void> {
    const living = [...this.#runs.values()]
    for (const run of living) run.stop(PHASE.abort)
    await Promise.all(living.map(run => run.ended))
  }

  async #open(
    beginning: Beginning,
    opening: (records: Records) => Promise<OpenedRun>,
  ): Promise<{ runId: string }> {
    let run: Session | null = null
    const link = this.#ports.startRecords(error => run?.onOutputFailure(error))
    const headStart = beginning.headStart?.() ?? null
    try {
      const kept = await opening(link.records)
      const opened = { ...kept, job: withHeaderValues(kept.job, beginning.secrets) }
      // Whoever sees the run in the list may reach it from then on.
      const ear = await this.#listen(opened.runId, () => run)
      run = this.#begin(opened, link, { ...beginning, starters: headStart ?? this.#ports })
      ear.closeAfter(run.ended)
      if (ear.problem !== null) run.log.push({ type: 'run.notice', text: unheard(ear.problem) })
      return { runId: opened.runId }
    } catch (error) {
      await link.close()
      throw error
    } finally {
      headStart?.close()
    }
  }

  #begin(
    opened: OpenedRun,
    link: RecordsLink,
    { isResumed, secrets, starters: { links, startReader } }: Beginning & { readonly starters: Starters },
  ): Session {
    const { dataDir, testFaults } = this.#ports
    const run = new Session({
      opened,
      isResumed,
      secrets,
      records: link.records,
      links,
      startReader,
      faults: parseFaults(testFaults),
      dataDir,
      nowMs,
    })
    this.#runs.set(opened.runId, run)
    void run.ended.then(() => link.close()).then(() => this.#forgetOldest())
    run.start()
    return run
  }

  async #decide(job: JobSpec, options: ParallelismOptions): Promise<Parallelism> {
    const parallelism = decideParallelism(options, job.kind, await this.#ports.readCpuQuota())
    checkOrder(job, parallelism)
    return parallelism
  }

  #forgetOldest(): void {
    const ended = [...this.#runs.values()].filter(run => run.hasEnded)
    for (const run of ended.slice(0, Math.max(0, ended.length - KEPT_RUNS))) this.#runs.delete(run.runId)
  }
}

const unheard = (problem: string): string => `other programs cannot watch or steer this run: ${problem}`

/** @returns An id that sorts by start time: `20261122-124556-7f3a9c`. */
function makeRunId(startedAt: Date): string {
  const [date = '', time = ''] = startedAt.toISOString().split('T')
  const suffix = randomBytes(3).toString('hex')
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${suffix}`
}
