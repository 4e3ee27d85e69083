import { availableParallelism } from 'node:os'
import type { Failure, JobError } from '../../shared/model/error.ts'
import type { Secrets } from '../../shared/model/job.ts'
import { PHASE, type RunEvent, type Steering } from '../../shared/model/run.ts'
import { readDescriptorLimit } from '../host/descriptor-limit.ts'
import { Pool, type Slot } from '../pool/pool.ts'
import type { LinkKind, WorkerExit } from '../pool/worker-link.ts'
import type { OpenedRun } from '../records/protocol.ts'
import type {
  FaultKind,
  FromWorker,
  Lease,
  ToWorker,
  Work,
  WorkerReport,
  WorkerSetup,
} from '../worker/protocol.ts'
import { Bounds } from './bounds.ts'
import { Casualties } from './casualties.ts'
import { Dispatcher } from './dispatcher.ts'
import { failureEvents } from './failure-events.ts'
import { Incarnations } from './incarnations.ts'
import { LeaseBook } from './lease-book.ts'
import type { Ledger } from './ledger.ts'
import type { Planner } from '../plan/planner.ts'
import { PermitLimit } from './permit-limit.ts'
import { Retirement } from './retirement.ts'
import { allowedSilenceMs, firstSilenceMs } from './silence.ts'
import { hasSameBounds, isSameSize, steeringOf } from './steering.ts'
import { isOrdered, leaseSizesOf } from './work-of.ts'

export interface CrewParts {
  readonly opened: OpenedRun
  readonly work: Work
  readonly secrets: Secrets
  readonly links: LinkKind
  readonly ledger: Ledger
  readonly planner: Planner
  readonly faults: readonly (readonly [FaultKind, number])[]
  readonly nowMs: () => number
  readonly push: (event: RunEvent) => void
  readonly onReady: (slot: Slot) => void
  /** A report was taken into the ledger; it is acknowledged after the next commit. */
  readonly onReport: (slot: Slot, report: WorkerReport) => void
  /** A worker read the last range to its end. */
  readonly onTotal: (total: number) => void
  /** A worker cannot write its segment, or to the destination, since so many milliseconds; it goes on trying. */
  readonly onStalled: (slot: Slot, failure: Failure, sinceMs: number) => void
  /** The destination may have forgotten what was settled. */
  readonly onRewind: (reason: string) => void
  readonly onBroken: (error: { readonly code: JobError['code']; readonly message: string }) => void
  readonly onEmpty: () => void
  /** What {@link Crew.composeSuspects} tells has changed. */
  readonly onStruck: () => void
}

/**
 * The workers of a run and what they hold: starts them, hands out leases, takes their reports, and puts back what a
 * dead one held.
 */
export class Crew {
  readonly pool: Pool
  readonly #parts: CrewParts
  readonly #book: LeaseBook
  readonly #dispatcher: Dispatcher
  readonly #casualties: Casualties
  readonly #bounds: Bounds
  readonly #incarnations: Incarnations
  /** Where the order counts, others wait for what a worker holds; `null` where it does not. */
  readonly #retirement: Retirement | null
  readonly #permitLimit: PermitLimit
  #steering: Steering

  constructor(parts: CrewParts) {
    const { opened, ledger, work } = parts
    this.#parts = parts
    this.#steering = steeringOf(opened)
    this.#permitLimit = new PermitLimit({
      kind: work.kind,
      parallelism: opened.parallelism,
      descriptors: readDescriptorLimit(),
    })
    this.#incarnations = new Incarnations(opened)
    this.#book = new LeaseBook(ledger.settled)
    this.pool = this.#makePool()
    const { processes, threads, partition } = opened.parallelism
    this.#dispatcher = new Dispatcher({
      planner: parts.planner,
      book: this.#book,
      workers: () => this.#steering.processes * this.#steering.threads,
      sizes: () => leaseSizesOf(work, this.#permits),
      isShared: partition === 'dynamic',
      // One worker keeps the order of a load by itself, unless it is handed its tasks in another one.
      isOrdered: isOrdered(opened) || (work.kind === 'load' && processes * threads === 1),
      suspicions: {
        struckWithin: span => this.#casualties.struckWithin(span),
        isKept: index => this.#casualties.isKept(index),
      },
      throughputOf: slot => ledger.aggregator.throughputOf(slot),
      grant: (slot, lease, isBegun) => this.#grant(slot, lease, isBegun),
    })
    this.#casualties = new Casualties(
      {
        book: this.#book,
        dispatcher: this.#dispatcher,
        startsPathOf: slot => this.#incarnations.of(slot).startsPath,
        onStruck: parts.onStruck,
      },
      opened.suspects,
    )
    this.#retirement = isOrdered(opened)
      ? new Retirement({ pool: this.pool, book: this.#book, dispatcher: this.#dispatcher })
      : null
    this.#bounds = new Bounds({ opened, work, pool: this.pool, nowMs: parts.nowMs })
  }

  /** @returns Tasks that died alone, with their strikes, for a commit. */
  composeSuspects(): { index: number; deaths: number }[] {
    return this.#casualties.compose()
  }

  /** What was composed is in the journal. */
  committed(): void {
    this.#casualties.committed()
  }

  start(): void {
    this.#judgeSilence()
    this.#tellPermits()
    this.pool.start()
  }

  /** New tasks are known. */
  supplyGrew(): void {
    this.#dispatcher.serveAll()
  }

  acknowledge(slot: Slot, seq: number): void {
    this.pool.send(slot, { type: 'ack', seq })
  }

  /**
   * Goes on like this. Workers that are too many take nothing new, finish what they have in flight, and leave; the rest
   * of what they hold goes to others. Where the order counts see {@link Retirement}.
   *
   * @param steering As `tuned` allows it for this run.
   */
  steer(steering: Steering): void {
    const before = this.#steering
    this.#steering = steering
    if (!hasSameBounds(before, steering)) this.#bounds.use(steering)
    if (before.inFlight !== steering.inFlight || before.threads !== steering.threads) {
      this.pool.broadcast({ type: 'permits', permits: this.#permits })
    }
    if (before.inFlight !== steering.inFlight) this.#tellPermits()
    if (isSameSize(before, steering)) return
    const { processes, threads } = steering
    if (this.#retirement === null) this.pool.resize(processes, threads)
    else this.#retirement.begin(processes, threads)
  }

  get steering(): Steering {
    return this.#steering
  }

  /** Most tasks in flight, those included that leaving workers may still have. */
  get limit(): number {
    return this.pool.slots.length * this.#permits
  }

  /** Tasks that each worker may have in flight. */
  get #permits(): number {
    return this.#permitLimit.permits(this.#steering.inFlight, this.#steering.threads)
  }

  /** Why fewer are in flight than asked for, in sentences. */
  get notices(): readonly string[] {
    const reason = this.#permitLimit.reason(this.#steering.inFlight, this.#steering.threads)
    return reason === null ? [] : [reason]
  }

  #tellPermits(): void {
    for (const text of this.notices) this.#parts.push({ type: 'run.notice', text })
  }

  /** No lease is handed out and no worker restarted from now on. */
  end(message: ToWorker): void {
    this.#dispatcher.close()
    this.pool.broadcast(message)
    this.pool.end()
  }

  close(): void {
    this.#bounds.close()
    this.pool.close()
  }

  #makePool(): Pool {
    const { opened, links, nowMs, onBroken, onEmpty } = this.#parts
    const { processes, threads, model } = opened.parallelism
    const shape = { processes, threads, isThreaded: model === 'threads' || model === 'hybrid' }
    return new Pool(links, shape, {
      nowMs,
      setupOf: slot => this.#setupOf(slot),
      onReady: slot => this.#onReady(slot),
      onMessage: (slot, message) => this.#onMessage(slot, message),
      onSurplus: slot => this.pool.send(slot, { type: 'phase', phase: PHASE.drain }),
      onLost: (slot, exit) => this.#onLost(slot, exit),
      onGivenUp: ({ detail }) =>
        onBroken({ code: 'E_WORKER_CRASH', message: `workers keep dying without progress: ${detail}` }),
      onEmpty,
    })
  }

  /** Tasks that somebody may have begun with go with the names of those whose connections must not be cut. */
  #grant(slot: Slot, lease: Lease, isBegun: boolean): void {
    const { opened, work } = this.#parts
    const isFirst = work.kind !== 'load' || (opened.epoch === 1 && !isBegun)
    const living = isFirst ? {} : { living: this.#incarnations.livingOf(this.pool.slots) }
    this.pool.send(slot, { type: 'grant', lease: { ...lease, ...living } })
  }

  #setupOf(slot: Slot): WorkerSetup {
    const { opened, secrets, ledger, faults } = this.#parts
    const { segment, segmentPath, startsPath } = this.#incarnations.begin(slot)
    return {
      worker: slot.worker,
      runId: opened.runId,
      secrets,
      isOrdered: isOrdered(opened),
      permits: this.#permits,
      originMs: ledger.originMs,
      segment: { id: segment, path: segmentPath },
      startsPath,
      ...this.#bounds.setup,
      faults,
    }
  }

  #onReady(slot: Slot): void {
    const { pid, threadId, worker } = slot
    this.#parts.push({ type: 'worker.started', worker, pid, threadId })
    this.#parts.onReady(slot)
    this.#dispatcher.want(slot)
  }

  #onMessage(slot: Slot, message: FromWorker): void {
    switch (message.type) {
      case 'report':
        return this.#onReport(slot, message)
      case 'want':
        return this.#dispatcher.want(slot)
      case 'rate.ask':
      case 'host.ask':
      case 'host.started':
      case 'host.return':
      case 'host.claim':
      case 'bounds.taken':
        return this.#bounds.handle(slot, message)
      case 'host.hold':
        return this.#bounds.hold(slot, message)
      case 'stalled':
        return this.#parts.onStalled(slot, message.failure, message.sinceMs)
      case 'rewind':
        return this.#parts.onRewind(message.reason)
      case 'fatal':
        return this.#parts.onBroken(message)
      case 'ready':
      case 'drained':
    }
  }

  #onReport(slot: Slot, report: WorkerReport): void {
    const { ledger } = this.#parts
    const incarnation = this.#incarnations.of(slot)
    const settled =
      report.seq === incarnation.expectedSeq ? this.#book.apply(slot.position, report.leases) : null
    if (settled === null) {
      // Nothing of it may be kept: its segment bytes are not committed and its tasks are leased again.
      ledger.aggregator.fence()
      return this.pool.kill(slot)
    }
    incarnation.expectedSeq += 1
    incarnation.hasProgress ||= settled > 0
    ledger.accept(slot, report, { segment: incarnation.segment, settled })
    for (const { endIndex } of report.leases) if (endIndex !== null) this.#parts.onTotal(endIndex)
    failureEvents(report).forEach(this.#parts.push)
    this.#parts.onReport(slot, report)
    this.#judgeSilence()
    this.#retirement?.check()
    this.#dispatcher.serveAll()
  }

  #judgeSilence(): void {
    const { work, ledger } = this.#parts
    if (work.kind !== 'cpu') return
    const crowding = Math.max(1, this.pool.slots.length / availableParallelism())
    const firstMs = firstSilenceMs(work.options, crowding)
    this.pool.hungAfterMs = allowedSilenceMs(ledger.aggregator.histograms[0]!, firstMs)
  }

  #onLost(slot: Slot, exit: WorkerExit): { isExplained: boolean; hadProgress: boolean } {
    const { hasProgress } = this.#incarnations.of(slot)
    this.#parts.push({
      type: 'worker.exited',
      worker: slot.worker,
      pid: slot.pid,
      reason: `${exit.kind}: ${exit.detail}`,
    })
    this.#dispatcher.forget(slot)
    this.#bounds.lost(slot)
    this.#parts.ledger.aggregator.lost(slot)
    let isExplained = true
    if (exit.kind === 'ended') this.#casualties.onLeft(slot)
    else isExplained = this.#casualties.onLost(slot, exit.detail)
    this.#dispatcher.serveAll()
    return { isExplained, hadProgress: hasProgress }
  }
}
