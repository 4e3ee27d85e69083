import { COUNTER, makeCounters, type Counters } from '../../shared/model/counters.ts'
import { errorCodeOf, type ErrorCode } from '../../shared/model/error.ts'
import { statusKindOf, type StatusKind } from '../../shared/model/failure-kind.ts'
import { Histogram, HISTOGRAMS } from '../../shared/model/histogram.ts'
import { OUTCOME } from '../../shared/model/outcome.ts'
import {
  COMMON_COLUMN,
  CRAWL_LAYOUT,
  ERROR_MESSAGE_STRING,
  positionsOf,
} from '../../shared/model/record-layout.ts'
import { SPAN, SPAN_WIDTH } from '../../shared/model/span.ts'
import type { SegmentWriter } from '../journal/segment-writer.ts'
import type { Lane } from './lane.ts'
import type { FailureSample, WorkerReport } from './protocol.ts'

/** Spans and failures a report carries at most; what is beyond is counted, and whole in the segment anyway. */
const SPANS_PER_REPORT = 256
const FAILURES_PER_REPORT = 50

interface ErrorCount {
  count: number
  sample: string
  statuses?: Partial<Record<StatusKind, number>>
}

/** How tasks that settled together ended. */
export interface BatchMeasure {
  /** How many tasks share the batch's times. */
  readonly tasks: number
  /** `ok` unless no task of the batch ended so. */
  readonly outcome: number
  /** How long the batch waited for a permit. */
  readonly queueMs: number
  readonly endedAtMs: number
}

/** Only tasks of a crawl fail for their status. */
const STATUS = positionsOf(CRAWL_LAYOUT).numbers.status

const COUNTER_OF_OUTCOME = [COUNTER.ok, COUNTER.failed, COUNTER.skipped, COUNTER.quarantined] as const

/** The part of a report that is measured; the rest is about leases. */
export type Measurements = Pick<
  WorkerReport,
  'counters' | 'histograms' | 'spans' | 'errors' | 'failures' | 'failuresOmitted'
>

/**
 * Writes one record per settled task into the worker's segment and keeps count until the next report.
 * Nothing here allocates per successful task.
 */
export class Recorder {
  /** Increments since the last report; executors add to it too. */
  readonly counters: Counters = makeCounters()
  readonly #segment: SegmentWriter
  readonly #originMs: number
  readonly #worker: number
  readonly #histograms = HISTOGRAMS.map(() => new Histogram())
  readonly #spans = new Float64Array(SPANS_PER_REPORT * SPAN_WIDTH)
  #spanCount = 0
  readonly #errors = new Map<ErrorCode, ErrorCount>()
  #failures: FailureSample[] = []
  #failuresOmitted = 0

  /** @param originMs The run's zero on the monotonic clock. */
  constructor(segment: SegmentWriter, originMs: number, worker: number) {
    this.#segment = segment
    this.#originMs = originMs
    this.#worker = worker
  }

  /** @param endedAtMs When the task settled, on the monotonic clock. */
  record(lane: Lane, endedAtMs: number, wasStarted: boolean): void {
    this.append(lane, endedAtMs, wasStarted)
    if (!wasStarted) return
    const outcome = lane.numbers[COMMON_COLUMN.outcome]!
    this.#measure(lane, endedAtMs, lane.numbers[COMMON_COLUMN.totalMs]!, outcome)
  }

  /** Writes and counts the record of a task whose times {@link measureBatch} takes in. */
  append(lane: Lane, endedAtMs: number, wasStarted: boolean): void {
    const { numbers } = lane
    const totalMs = wasStarted ? endedAtMs - lane.firstStartedAtMs : 0
    numbers[COMMON_COLUMN.index] = lane.index
    numbers[COMMON_COLUMN.startedAtMs] = lane.firstStartedAtMs - this.#originMs
    numbers[COMMON_COLUMN.totalMs] = totalMs
    numbers[COMMON_COLUMN.attempts] = wasStarted ? lane.attempt : lane.attempt - 1
    numbers[COMMON_COLUMN.worker] = this.#worker
    numbers[COMMON_COLUMN.lane] = lane.number
    this.#segment.append(numbers, lane.strings)
    const outcome = numbers[COMMON_COLUMN.outcome]!
    const { counters } = this
    counters[COUNTER_OF_OUTCOME[outcome as 0]]! += 1
    counters[COUNTER.cpuMs]! += lane.cpuMs
    if (outcome === OUTCOME.failed || outcome === OUTCOME.quarantined) this.#countFailure(lane, outcome)
  }

  /**
   * Takes in the times of tasks that settled together, as those of one lane: one span, and the batch's latency for each
   * of its tasks.
   *
   * @param lane Has the first task's index, when the batch began, and its CPU milliseconds.
   */
  measureBatch(lane: Lane, { tasks, outcome, queueMs, endedAtMs }: BatchMeasure): void {
    const { counters } = this
    const [latency, queue] = this.#histograms
    latency!.recordMany(endedAtMs - lane.firstStartedAtMs, tasks)
    queue!.recordMany(queueMs, tasks)
    counters[COUNTER.queueMs]! += queueMs * tasks
    counters[COUNTER.cpuMs]! += lane.cpuMs
    this.#addSpan(lane, endedAtMs, outcome)
  }

  /** @returns What was measured since the last call. */
  take(): Measurements {
    const taken: Measurements = {
      counters: this.counters.slice(),
      histograms: this.#histograms.map(histogram => histogram.drain()),
      spans: this.#spans.slice(0, this.#spanCount * SPAN_WIDTH),
      errors: [...this.#errors].map(([code, error]) => ({ code, ...error })),
      failures: this.#failures,
      failuresOmitted: this.#failuresOmitted,
    }
    this.counters.fill(0)
    this.#spanCount = 0
    this.#errors.clear()
    this.#failures = []
    this.#failuresOmitted = 0
    return taken
  }

  #measure(lane: Lane, endedAtMs: number, totalMs: number, outcome: number): void {
    const { counters } = this
    const [latency, queue, connect, firstByte, body] = this.#histograms
    latency!.record(totalMs)
    const queueMs = lane.startedAtMs - lane.queuedAtMs
    counters[COUNTER.queueMs]! += queueMs
    queue!.record(queueMs)
    let phaseStartMs = lane.startedAtMs
    if (lane.connectEndMs > phaseStartMs) {
      connect!.record(lane.connectEndMs - phaseStartMs)
      phaseStartMs = lane.connectEndMs
    }
    if (lane.firstByteMs > phaseStartMs) {
      firstByte!.record(lane.firstByteMs - phaseStartMs)
      phaseStartMs = lane.firstByteMs
    }
    if (lane.bodyEndMs > phaseStartMs) body!.record(lane.bodyEndMs - phaseStartMs)
    this.#addSpan(lane, endedAtMs, outcome)
  }

  #addSpan(lane: Lane, endedAtMs: number, outcome: number): void {
    if (this.#spanCount === SPANS_PER_REPORT) {
      this.counters[COUNTER.spansDropped]! += 1
      return
    }
    const spans = this.#spans
    const origin = this.#originMs
    const at = this.#spanCount * SPAN_WIDTH
    spans[at + SPAN.index] = lane.index
    spans[at + SPAN.lane] = lane.number
    spans[at + SPAN.outcome] = outcome
    spans[at + SPAN.startMs] = lane.startedAtMs - origin
    spans[at + SPAN.connectEndMs] = lane.connectEndMs - origin
    spans[at + SPAN.firstByteMs] = lane.firstByteMs - origin
    spans[at + SPAN.bodyEndMs] = lane.bodyEndMs - origin
    spans[at + SPAN.cpuMs] = lane.cpuMs
    spans[at + SPAN.endMs] = endedAtMs - origin
    this.#spanCount += 1
  }

  #countFailure(lane: Lane, outcome: number): void {
    const code = errorCodeOf(lane.numbers[COMMON_COLUMN.error]!) ?? 'E_INTERNAL'
    const message = lane.strings[ERROR_MESSAGE_STRING] ?? ''
    let error = this.#errors.get(code)
    if (error === undefined) this.#errors.set(code, (error = { count: 0, sample: message }))
    error.count += 1
    if (code === 'E_HTTP_STATUS') countStatus(error, lane.numbers[STATUS]!)
    this.#sampleFailure(lane, outcome, code, message)
  }

  #sampleFailure(lane: Lane, outcome: number, code: ErrorCode, message: string): void {
    if (this.#failures.length === FAILURES_PER_REPORT) {
      this.#failuresOmitted += 1
      return
    }
    this.#failures.push({
      index: lane.index,
      outcome: outcome === OUTCOME.quarantined ? 'quarantined' : 'failed',
      code,
      message,
      retryable: lane.numbers[COMMON_COLUMN.retryable] === 1,
      input: lane.input === '' ? null : lane.input,
    })
  }
}

function countStatus(error: ErrorCount, status: number): void {
  const kind = statusKindOf(status)
  if (kind === undefined) return
  error.statuses ??= {}
  error.statuses[kind] = (error.statuses[kind] ?? 0) + 1
}
