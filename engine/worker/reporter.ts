import { COUNTER } from '../../shared/model/counters.ts'
import { failureOf } from '../../shared/model/error.ts'
import type { SegmentWriter } from '../journal/segment-writer.ts'
import type { GaugeReader } from './gauges.ts'
import type { Intake } from './intake.ts'
import type { Recorder } from './recorder.ts'
import type { Runtime } from './runtime.ts'
import type { WorkerPort } from './worker-port.ts'

const REPORT_EVERY_MS = 100
/** A worker with nothing to report still shows that it lives. */
const HEARTBEAT_MS = 1_000
const SYNC_AGAIN_MS = 500
const UNACKNOWLEDGED_REPORTS = 4
/** Reports made before their time leave room for those of the timer, or a trickle of tasks would be held back by them. */
const UNACKNOWLEDGED_SOON = 2
/** Records not yet on their way to the disk, beyond which a report is made at once and nothing more is started. */
const PENDING_BYTES = 8 * 2 ** 20

/** What a report tells of the leases, whoever reads them. */
export type ReportedIntake = Pick<Intake, 'hasNews' | 'takeProgress' | 'takeBytesRead'>

/** What a report tells of the work in flight, whoever runs it. */
export type ReportedRuntime = Pick<Runtime, 'pump' | 'noteSettledSince' | 'busyLanes' | 'waiting' | 'current'>

interface ReporterParts {
  readonly port: WorkerPort
  readonly segment: SegmentWriter
  readonly recorder: Recorder
  readonly intake: ReportedIntake
  readonly runtime: ReportedRuntime
  readonly gauges: GaugeReader
  readonly nowMs: () => number
  /** The segment cannot be written: nothing that settles from now on could be kept. */
  readonly onError: (error: unknown) => void
}

/**
 * Sends a report ten times a second, or sooner when nothing is left to do: first syncs the segment, then names its
 * length and what settled. One report is under way at a time; those not acknowledged are bounded, and with them what
 * a crash can undo. Only the sign of life each second comes whatever is not acknowledged.
 */
export class Reporter {
  readonly #parts: ReporterParts
  readonly #timer: NodeJS.Timeout
  #seq = 0
  #acknowledged = 0
  #underWay: Promise<void> | null = null
  #isSoonAsked = false
  #isFinished = false
  #reportedAtMs: number

  constructor(parts: ReporterParts) {
    this.#parts = parts
    this.#reportedAtMs = parts.nowMs()
    this.#timer = setInterval(() => this.#report(UNACKNOWLEDGED_REPORTS), REPORT_EVERY_MS)
  }

  /** Whether so much is unacknowledged or unwritten that nothing more should settle. */
  get isCongested(): boolean {
    if (this.#parts.segment.pendingBytes > PENDING_BYTES) {
      this.#report(UNACKNOWLEDGED_REPORTS)
      return true
    }
    return this.#unacknowledged >= UNACKNOWLEDGED_REPORTS
  }

  acknowledge(seq: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, seq)
  }

  /** Reports what settled without waiting for the timer. */
  reportSoon(): void {
    if (this.#isSoonAsked) return
    this.#isSoonAsked = true
    setImmediate(() => {
      this.#isSoonAsked = false
      this.#report(UNACKNOWLEDGED_SOON)
    })
  }

  /** Sends the last report; resolves when it is sent. */
  async finish(): Promise<void> {
    clearInterval(this.#timer)
    this.#isFinished = true
    await this.#underWay
    await this.#send()
  }

  get #unacknowledged(): number {
    return this.#seq - this.#acknowledged
  }

  /** @param mostUnacknowledged With as many reports not acknowledged, this one waits. */
  #report(mostUnacknowledged: number): void {
    if (this.#underWay !== null || this.#isFinished) return
    const { intake, nowMs } = this.#parts
    const isSilent = nowMs() - this.#reportedAtMs >= HEARTBEAT_MS
    if (!isSilent && (!intake.hasNews || this.#unacknowledged >= mostUnacknowledged)) return
    this.#underWay = this.#send()
      .catch(this.#parts.onError)
      .finally(() => {
        this.#underWay = null
        // A worker that was held back by its unwritten records goes on here.
        this.#parts.runtime.pump()
      })
  }

  async #send(): Promise<void> {
    const { port, segment, recorder, intake, runtime, gauges, nowMs } = this.#parts
    const now = nowMs()
    runtime.noteSettledSince(now - this.#reportedAtMs)
    this.#reportedAtMs = now
    recorder.counters[COUNTER.bytesRead]! += intake.takeBytesRead()
    // What settles while the disk is waited for belongs to the next report: its records lie beyond these bytes.
    const segmentBytes = segment.seal()
    const leases = intake.takeProgress()
    const measured = recorder.take()
    await this.#sync(segmentBytes)
    this.#seq += 1
    port.post({
      type: 'report',
      seq: this.#seq,
      leases,
      segmentBytes,
      ...measured,
      gauges: {
        inFlight: runtime.busyLanes,
        waiting: runtime.waiting,
        current: runtime.current,
        ...gauges.read(),
      },
    })
  }

  /** Waits for a full disk, telling the supervisor, which knows how long to be patient. */
  async #sync(segmentBytes: number): Promise<void> {
    const sinceMs = this.#parts.nowMs()
    for (;;) {
      try {
        await this.#parts.segment.sync(segmentBytes)
        return
      } catch (error) {
        const failure = failureOf(error)
        if (failure.code !== 'E_DISK_FULL') throw error
        this.#parts.port.post({ type: 'stalled', failure, sinceMs: this.#parts.nowMs() - sinceMs })
        await new Promise(resolve => setTimeout(resolve, SYNC_AGAIN_MS))
      }
    }
  }
}
