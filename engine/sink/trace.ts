import { errorCodeOf } from '../../shared/model/error.ts'
import { OUTCOMES } from '../../shared/model/outcome.ts'
import { COMMON_COLUMN, CPU_LAYOUT, CRAWL_LAYOUT, positionsOf } from '../../shared/model/record-layout.ts'
import { CPU_LANE, STREAM_PHASES } from '../../shared/model/task-stream.ts'
import { PIECE_PHASE, PIECES, pieceEnds } from '../../shared/stream/span-pieces.ts'
import type { RowView } from '../journal/row-view.ts'
import { LineWriter, openLineFile } from './output-file.ts'
import { defineRecordSink, type OpenedSink, type RecordSink, type SinkRequest } from './record-sink.ts'
import { openStandardOutput } from './standard-output.ts'

export const TRACE_ENDING = '.trace.json'

/**
 * Trace Event Format, which Perfetto and chrome://tracing open: a process for each worker, a thread for each lane, a
 * complete event for each task and inside it one for each phase. Written as it is read, in bounded memory. Numbers of
 * processes and threads are one above those of workers and lanes, since viewers take 0 for an idle machine.
 */
export const traceSink = defineRecordSink({ ending: TRACE_ENDING, open: openTrace })

const CRAWL = positionsOf(CRAWL_LAYOUT)
const CPU = positionsOf(CPU_LAYOUT).numbers
const PHASE_NAMES: Readonly<Record<(typeof STREAM_PHASES)[number], string>> = {
  cpu: 'CPU',
  connect: 'connect',
  firstByte: 'waiting',
  body: 'body',
  other: 'other',
}

async function openTrace(request: SinkRequest): Promise<OpenedSink> {
  const { target, state } =
    request.path === '-' ? openStandardOutput(request) : await openLineFile({ ...request, resume: null })
  return { sink: new TraceSink(new LineWriter(request.path, target, state.bytes), request.runId), state }
}

interface Event {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly args?: object
}

class TraceSink implements RecordSink {
  readonly wantsSync = false
  readonly #writer: LineWriter
  readonly #workers = new Set<number>()
  /** When the last task of each lane ended, by worker and lane. */
  readonly #endOf = new Map<number, number>()
  readonly #ends = new Float64Array(PIECES)
  #isFirst = true

  constructor(writer: LineWriter, runId: string) {
    this.#writer = writer
    const about = JSON.stringify({ run: runId, generator: 'Interleave' })
    writer.buffer.text(`{"displayTimeUnit":"ms","otherData":${about},"traceEvents":[`)
  }

  get bufferedBytes(): number {
    return this.#writer.bufferedBytes
  }

  add(row: RowView): void {
    const attempts = row.number(COMMON_COLUMN.attempts)
    const startedAtMs = row.number(COMMON_COLUMN.startedAtMs)
    const endMs = startedAtMs + row.number(COMMON_COLUMN.totalMs)
    // What was never started has no time.
    if (attempts === 0 || !(endMs >= startedAtMs)) return
    const worker = row.number(COMMON_COLUMN.worker)
    const lane = row.number(COMMON_COLUMN.lane)
    const freeMs = this.#nameLane(worker, lane)
    this.#endOf.set(keyOf(worker, lane), endMs)
    const phases = phasesOf(row)
    const startMs =
      attempts === 1 ? startedAtMs : Math.max(startedAtMs, Math.min(endMs, lastTryMs(phases, endMs, freeMs)))
    const event = { name: nameOf(row), startMs, endMs, args: argsOf(row, attempts) }
    this.#complete(worker, lane, row.layout.kind, event)
    pieceEnds(phases, startMs, endMs, this.#ends)
    let fromMs = startMs
    for (let piece = 0; piece < PIECES; piece += 1) {
      const untilMs = this.#ends[piece]!
      const name = PHASE_NAMES[STREAM_PHASES[PIECE_PHASE[piece]!]!]
      if (untilMs > fromMs) this.#complete(worker, lane, 'phase', { name, startMs: fromMs, endMs: untilMs })
      fromMs = untilMs
    }
    if (phases.cpuMs > 0 && phases.firstByteMs > 0) this.#addCpu(worker, event, phases.cpuMs)
    this.#writer.added()
  }

  async flush(): Promise<void> {
    await this.#writer.flush()
  }

  sync(): Promise<number> {
    return this.#writer.sync()
  }

  async finish(): Promise<void> {
    this.#writer.buffer.text('\n]}\n')
    this.#writer.added()
    await this.#writer.sync()
  }

  async close(): Promise<void> {
    await this.#writer.close()
  }

  /** What interleaves on the worker's loop, in a thread of its own. */
  #addCpu(worker: number, { name, startMs }: Event, cpuMs: number): void {
    this.#nameLane(worker, CPU_LANE)
    this.#complete(worker, CPU_LANE, 'cpu', { name, startMs, endMs: startMs + cpuMs })
  }

  /** @returns When the lane was free again. */
  #nameLane(worker: number, lane: number): number {
    const known = this.#endOf.get(keyOf(worker, lane))
    if (known !== undefined) return known
    this.#endOf.set(keyOf(worker, lane), 0)
    if (!this.#workers.has(worker)) {
      this.#workers.add(worker)
      this.#write({ ph: 'M', name: 'process_name', pid: worker + 1, args: { name: `worker ${worker}` } })
    }
    const name = lane === CPU_LANE ? 'CPU' : `lane ${lane}`
    this.#write({ ph: 'M', name: 'thread_name', pid: worker + 1, tid: lane + 1, args: { name } })
    const sort = { sort_index: lane === CPU_LANE ? -1 : lane }
    this.#write({ ph: 'M', name: 'thread_sort_index', pid: worker + 1, tid: lane + 1, args: sort })
    return 0
  }

  // Positional, since there are several of them for each task.
  #complete(worker: number, lane: number, cat: string, { name, startMs, endMs, args }: Event): void {
    const ts = microseconds(startMs)
    const dur = microseconds(endMs) - ts
    this.#write({
      ph: 'X',
      name,
      cat,
      ts,
      dur: Math.round(dur * 1e3) / 1e3,
      pid: worker + 1,
      tid: lane + 1,
      ...(args === undefined ? {} : { args }),
    })
  }

  #write(event: object): void {
    this.#writer.buffer.text(`${this.#isFirst ? '' : ','}\n${JSON.stringify(event)}`)
    this.#isFirst = false
  }
}

interface Phases {
  readonly cpuMs: number
  readonly connectMs: number
  readonly firstByteMs: number
  readonly bodyMs: number
  /** All of the last try's time; NaN where that was not measured. */
  readonly sumMs: number
}

function phasesOf(row: RowView): Phases {
  if (row.layout.kind === 'cpu') {
    const [cpuMs, firstByteMs] = [row.number(CPU.cpuMs), row.number(CPU.waitMs)]
    return { cpuMs, connectMs: 0, firstByteMs, bodyMs: 0, sumMs: cpuMs + firstByteMs }
  }
  const { waitMs, connectMs: connect, ttfbMs, downloadMs } = CRAWL.numbers
  const [connectMs, firstByteMs, bodyMs] = [row.number(connect), row.number(ttfbMs), row.number(downloadMs)]
  return {
    ...{ cpuMs: 0, connectMs, firstByteMs, bodyMs },
    sumMs: row.number(waitMs) + connectMs + firstByteMs + bodyMs,
  }
}

const lastTryMs = ({ sumMs }: Phases, endMs: number, freeMs: number): number =>
  Number.isNaN(sumMs) ? freeMs : endMs - sumMs

function nameOf(row: RowView): string {
  if (row.layout.kind === 'cpu') return 'task'
  const url = row.string(CRAWL.strings.url)
  return (url === null ? null : URL.parse(url)?.host) ?? 'task'
}

function argsOf(row: RowView, attempts: number): object {
  const error = errorCodeOf(row.number(COMMON_COLUMN.error))
  const common = {
    index: row.number(COMMON_COLUMN.index),
    outcome: OUTCOMES[row.number(COMMON_COLUMN.outcome)] ?? null,
    attempts,
    ...(error === undefined ? {} : { error }),
  }
  if (row.layout.kind === 'cpu') return common
  const status = row.number(CRAWL.numbers.status)
  return { ...common, url: row.string(CRAWL.strings.url), ...(status === 0 ? {} : { status }) }
}

const keyOf = (worker: number, lane: number): number => worker * (CPU_LANE + 1) + lane

/** To the nanosecond. */
const microseconds = (ms: number): number => Math.round(ms * 1e6) / 1e3
