import { join } from 'node:path'
import type { Failure, JobError } from '../../shared/model/error.ts'
import type { Secrets } from '../../shared/model/job.ts'
import type { RunEvent, Steering } from '../../shared/model/run.ts'
import { HUNG_AFTER_MS, Pool, type Slot } from '../pool/pool.ts'
import type { LinkKind, WorkerExit } from '../pool/worker-link.ts'
import { segmentName, type OpenedRun } from '../records/protocol.ts'
import type {
  FaultKind,
  FromWorker,
  Lease,
  ToWorker,
  Work,
  WorkerReport,
  WorkerSetup,
} from '../worker/protocol.ts'
import { Casualties } from './casualties.ts'
import { Dispatcher } from './dispatcher.ts'
import { GateKeeper } from './gate-keeper.ts'
import { LeaseBook } from './lease-book.ts'
import type { Ledger } from './ledger.ts'
import type { Planner } from '../plan/planner.ts'
import { isOrdered, leaseSizesOf, policyOf } from './work-of.ts'

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
}

/** Synchronous work may be silent for so long before the first of its tasks has settled, in milliseconds. */
const HUNG_BEFORE_FIRST_MS = 300_000
/** A task that lasts so many times as long as any before it counts as hung. */
const LONGER_THAN_ANY = 20

/** A worker that dies before it settled anything since its start says little about the work. */
interface Incarnation {
  readonly segment: number
  readonly startsPath: string
  hasProgress: boolean
  expectedSeq: number
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
  readonly #gates: GateKeeper | null
  readonly #incarnations = new Map<number, Incarnation>()
  #nextSegment: number
  #permits: number

  constructor(parts: CrewParts) {
    const { opened, ledger, work, nowMs } = parts
    this.#parts = parts
    this.#nextSegment = opened.nextSegment
    this.#permits = opened.parallelism.inFlight
    const { processes, threads, model, partition } = opened.parallelism
    this.#book = new LeaseBook(ledger.settled)
    this.pool = new Pool(
      parts.links,
      { processes, threads, isThreaded: model === 'threads' || model === 'hybrid' },
      {
        nowMs,
        setupOf: slot => this.#setupOf(slot),
        onReady: slot => this.#onReady(slot),
        onMessage: (slot, message) => this.#onMessage(slot, message),
        onLost: (slot, exit) => this.#onLost(slot, exit),
        onGivenUp: exit =>
          parts.onBroken({
            code: 'E_WORKER_CRASH',
            message: `workers keep dying without progress: ${exit.detail}`,
          }),
        onEmpty: parts.onEmpty,
      },
    )
    this.#dispatcher = new Dispatcher({
      planner: parts.planner,
      book: this.#book,
      workers: processes * threads,
      sizes: leaseSizesOf(work, this.#permits),
      isShared: partition === 'dynamic',
      // One worker keeps the order of a load by itself, unless it is handed its tasks in another one.
      isOrdered: isOrdered(opened) || (work.kind === 'load' && processes * threads === 1),
      throughputOf: slot => ledger.aggregator.throughputOf(slot),
      grant: (slot, lease) => this.#grant(slot, lease),
    })
    this.#casualties = new Casualties(
      {
        book: this.#book,
        dispatcher: this.#dispatcher,
        startsPathOf: slot => this.#incarnations.get(slot.position)!.startsPath,
      },
      opened.suspects,
    )
    const policy = policyOf(work)
    this.#gates =
      policy === null || processes * threads === 1
        ? null
        : new GateKeeper(policy, (slot, message) => this.pool.send(this.pool.slots[slot]!, message), nowMs)
  }

  /** Tasks that died alone, with their strikes. */
  get suspects(): { index: number; deaths: number }[] {
    return this.#casualties.strikes
  }

  start(): void {
    this.#judgeSilence()
    this.pool.start()
  }

  /** New tasks are known. */
  supplyGrew(): void {
    this.#dispatcher.serveAll()
  }

  acknowledge(slot: Slot, seq: number): void {
    this.pool.send(slot, { type: 'ack', seq })
  }

  resize(permits: number): void {
    this.#permits = permits
    this.pool.broadcast({ type: 'permits', permits })
  }

  get steering(): Steering {
    const { parallelism, job } = this.#parts.opened
    const { processes, threads } = parallelism
    const { ratePerSec, perHost } = job.kind === 'crawl' ? job.crawl : { ratePerSec: null, perHost: null }
    return { processes, threads, inFlight: this.#permits, ratePerSec, perHost }
  }

  get permits(): number {
    return this.#permits
  }

  /** No lease is handed out and no worker restarted from now on. */
  end(message: ToWorker): void {
    this.#dispatcher.close()
    this.pool.broadcast(message)
    this.pool.end()
  }

  close(): void {
    this.#gates?.close()
    this.pool.close()
  }

  /** Tasks that somebody may have begun with go with the names of those whose connections must not be cut. */
  #grant(slot: Slot, lease: Lease): void {
    const { opened, work } = this.#parts
    const isFirst = work.kind !== 'load' || (opened.epoch === 1 && !lease.careful)
    this.pool.send(slot, { type: 'grant', lease: isFirst ? lease : { ...lease, living: this.#living } })
  }

  /** Segments of the workers that live, and of those that may be started while a lease is on its way. */
  get #living(): number[] {
    const living = this.pool.slots
      .filter(({ state }) => state !== 'dead' && state !== 'cooling')
      .map(({ position }) => this.#incarnations.get(position)!.segment)
    return [...living, ...this.pool.slots.map((_, at) => this.#nextSegment + at)]
  }

  #setupOf(slot: Slot): WorkerSetup {
    const { opened, work, ledger, faults } = this.#parts
    const segment = this.#nextSegment
    this.#nextSegment += 1
    const startsPath = join(opened.directory, `${segmentName(segment)}.starts`)
    this.#incarnations.set(slot.position, {
      segment,
      startsPath,
      hasProgress: false,
      expectedSeq: 1,
    })
    return {
      worker: slot.worker,
      runId: opened.runId,
      work,
      secrets: this.#parts.secrets,
      isOrdered: isOrdered(opened),
      permits: this.#permits,
      originMs: ledger.originMs,
      segment: { id: segment, path: join(opened.directory, segmentName(segment)) },
      startsPath,
      sharedGates: this.#gates !== null,
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
        return this.#gates?.handle(slot.position, message)
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
    const incarnation = this.#incarnations.get(slot.position)!
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
    this.#pushFailures(report)
    this.#parts.onReport(slot, report)
    this.#judgeSilence()
    this.#dispatcher.serveAll()
  }

  /** A synchronous task keeps its worker silent while it runs: how long one may last is learnt from those before. */
  #judgeSilence(): void {
    const { work, ledger } = this.#parts
    if (work.kind !== 'cpu') return
    const latency = ledger.aggregator.histograms[0]!
    if (latency.count === 0) this.pool.hungAfterMs = HUNG_BEFORE_FIRST_MS
    else this.pool.hungAfterMs = Math.max(HUNG_AFTER_MS, latency.maxMs * LONGER_THAN_ANY)
  }

  #onLost(slot: Slot, exit: WorkerExit): { isExplained: boolean; hadProgress: boolean } {
    const incarnation = this.#incarnations.get(slot.position)!
    this.#parts.push({
      type: 'worker.exited',
      worker: slot.worker,
      pid: slot.pid,
      reason: `${exit.kind}: ${exit.detail}`,
    })
    this.#dispatcher.forget(slot)
    this.#gates?.lost(slot.position)
    this.#parts.ledger.aggregator.lost(slot)
    const isExplained = this.#casualties.onLost(slot, exit.detail)
    this.#dispatcher.serveAll()
    return { isExplained, hadProgress: incarnation.hasProgress }
  }

  #pushFailures(report: WorkerReport): void {
    for (const { index, input, outcome, code, message, retryable } of report.failures) {
      const error = { code, message, retryable }
      this.#parts.push({ type: 'task.failed', index, input, outcome, error })
    }
    if (report.failuresOmitted > 0) {
      this.#parts.push({ type: 'task.failed.omitted', count: report.failuresOmitted })
    }
  }
}
