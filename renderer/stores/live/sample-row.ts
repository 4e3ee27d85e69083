import type { RunTick } from '../../../shared/model/run.ts'
import { SAMPLE, SAMPLE_WIDTH, type SampleColumn } from '../../../shared/model/sample.ts'

/** Columns that count what happened since the row before. */
const COUNTED = [
  'settled',
  'failed',
  'bytesRead',
  'bytesBody',
  'bytesWire',
  'retries',
  'queueMs',
  'connectMs',
  'firstByteMs',
  'bodyMs',
  'cpuMs',
] as const satisfies readonly SampleColumn[]

type Counted = (typeof COUNTED)[number]
/** What has happened since a run began. */
export type Sums = Readonly<Record<Counted, number>>

export const NOTHING_YET: Sums = sums(() => 0)

/** @returns What all rows of a series amount to. */
export function sumsOf(samples: Float64Array): Sums {
  return sums(column => {
    let sum = 0
    for (let at: number = SAMPLE[column]; at < samples.length; at += SAMPLE_WIDTH) {
      const value = samples[at]!
      if (Number.isFinite(value)) sum += value
    }
    return sum
  })
}

export function sumsOfTick({ tasks, bytes, retries, phases }: RunTick): Sums {
  return {
    settled: tasks.ok + tasks.failed + tasks.skipped + tasks.quarantined,
    failed: tasks.failed + tasks.quarantined,
    bytesRead: bytes.read,
    bytesBody: bytes.body,
    bytesWire: bytes.wire,
    retries,
    ...phases,
  }
}

/** @returns The row that a tick stands for; what was taken back meanwhile counts as nothing. */
export function rowOf(tick: RunTick, since: Sums): Float64Array {
  const row = new Float64Array(SAMPLE_WIDTH).fill(NaN)
  const now = sumsOfTick(tick)
  for (const column of COUNTED) row[SAMPLE[column]] = Math.max(0, now[column] - since[column])
  const ready = tick.workers.filter(worker => worker.state === 'ready')
  const levels: Partial<Record<SampleColumn, number>> = {
    elapsedMs: tick.elapsedMs,
    inFlight: tick.inFlight,
    limit: tick.limit,
    waiting: tick.waiting,
    p50Ms: tick.latencyNowMs.p50 ?? NaN,
    p90Ms: tick.latencyNowMs.p90 ?? NaN,
    p95Ms: tick.latencyNowMs.p95 ?? NaN,
    p99Ms: tick.latencyNowMs.p99 ?? NaN,
    maxMs: tick.latencyNowMs.max ?? NaN,
    workers: ready.length,
    ...costsOf(tick),
  }
  for (const [column, value] of Object.entries(levels)) row[SAMPLE[column as SampleColumn]] = value
  return row
}

/** CPU and memory are those of processes, which the threads of one share; the loops are the workers' own. */
export function costsOf({ workers }: RunTick): {
  readonly cpuRatio: number
  readonly loopRatio: number
  readonly rssBytes: number
} {
  const alive = workers.filter(worker => worker.state === 'ready' || worker.state === 'draining')
  const processes = new Map(alive.map(worker => [worker.pid, worker]))
  const loops = alive.reduce((sum, worker) => sum + worker.loopUtilisationRatio, 0)
  let cpuRatio = 0
  let rssBytes = 0
  for (const worker of processes.values()) {
    cpuRatio += worker.cpuRatio
    rssBytes += worker.rssBytes
  }
  return { cpuRatio, rssBytes, loopRatio: alive.length === 0 ? NaN : loops / alive.length }
}

/** Adds what `later` counted to a row; of its levels the later ones hold, since percentiles are never averaged. */
export function addRow(rows: Float64Array, row: number, later: Float64Array): void {
  const from = row * SAMPLE_WIDTH
  const counts = COUNTED.map(column => rows[from + SAMPLE[column]]! + later[SAMPLE[column]]!)
  rows.set(later, from)
  COUNTED.forEach((column, at) => {
    rows[from + SAMPLE[column]] = counts[at]!
  })
}

function sums(valueOf: (column: Counted) => number): Sums {
  return Object.fromEntries(COUNTED.map(column => [column, valueOf(column)])) as Record<Counted, number>
}
