import { COUNTERS, makeCounters, type Counters } from '../../shared/model/counters.ts'
import { HISTOGRAMS, type SparseBuckets } from '../../shared/model/histogram.ts'
import type { JobSpec, RunOptions } from '../../shared/model/job.ts'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import type { ErrorGroup, RequestBounds, RunState, Steering } from '../../shared/model/run.ts'
import type { Body } from './sealed-store.ts'

/** The documents of a journal and what each holds; JSON text but for `histograms`. */
export interface RunDocument {
  readonly runId: string
  readonly startedAt: string
  readonly job: JobSpec
}

export interface GivenDocument {
  readonly options: RunOptions
  readonly parallelism: Parallelism
  /** Absent until the run is tuned. */
  readonly bounds?: RequestBounds
}

/** @returns What a run goes on with when it is resumed after it was tuned. */
export const tunedDocument = (
  { options, parallelism }: GivenDocument,
  { processes, threads, inFlight, ratePerSec, perHost }: Steering,
): GivenDocument => ({
  options,
  parallelism: { ...parallelism, processes, threads, inFlight },
  bounds: { ratePerSec, perHost },
})

export interface Suspect {
  readonly index: number
  readonly deaths: number
}

export interface ProgressDocument {
  readonly state: RunState
  readonly epoch: number
  readonly total: number | null
  readonly elapsedMs: number
  readonly cpuSec: number
  readonly peakRssBytes: number
  /** By name, so that a later version may know more of them. */
  readonly counters: Readonly<Record<string, number>>
  readonly errors: readonly ErrorGroup[]
}

/** How far a file that people read has come. */
export interface OutputState {
  readonly path: string
  /** Its length when the run began to write it; beyond lie the run's records. */
  readonly baseBytes: number
  /** Its synced length at {@link position}. */
  readonly bytes: number
  readonly position: OutputPosition
  /** It is about to be created, or was a moment ago. */
  readonly isIntended?: true
}

/** Which committed records an output holds: per segment those of every frame below `bytes`, but none at or beyond `nextIndex`. */
export interface OutputPosition {
  readonly segments: readonly (readonly [id: number, bytes: number])[]
  /** Only under order `input`: every record below this index is written, none beyond. */
  readonly nextIndex: number | null
}

/** What is kept of a load's destination. */
export interface DestinationDocument {
  /** What the destination said it was when positions were last known to agree. */
  readonly identity: string
  /** Every task is settled and the positions in the destination may be gone: they are not to be asked for again. */
  readonly isEnding: boolean
}

/**
 * Rows that do not count any more because the destination has forgotten their tasks: of each segment those in frames
 * that begin below the length given here, and whose task lies in one of the spans.
 */
export interface DroppedRows {
  readonly segments: readonly (readonly [id: number, bytes: number])[]
  /** First task and one past the last, rising. */
  readonly spans: readonly (readonly [first: number, end: number])[]
}

export interface HistogramState {
  readonly buckets: SparseBuckets
  readonly maxMs: number
}

export type Documents = ReadonlyMap<string, Body>

/** @returns The parsed document, or `null` when it is absent. */
export const parseDocument = <T>(documents: Documents, name: string): T | null => {
  const body = documents.get(name)
  return typeof body === 'string' ? (JSON.parse(body) as T) : null
}

export const countersToJson = (counters: Counters): Record<string, number> =>
  Object.fromEntries(COUNTERS.map((name, at) => [name, counters[at] ?? 0]))

export function countersFromJson(byName: Readonly<Record<string, number>>): Counters {
  const counters = makeCounters()
  COUNTERS.forEach((name, at) => (counters[at] = byName[name] ?? 0))
  return counters
}

/** Each histogram: largest sample as f64, count of u32 values, then bucket and count pairs; little-endian. */
export function encodeHistograms(histograms: readonly HistogramState[]): Uint8Array {
  const length = histograms.reduce((sum, { buckets }) => sum + 12 + buckets.length * 4, 0)
  const view = new DataView(new ArrayBuffer(length))
  let at = 0
  for (const { buckets, maxMs } of histograms) {
    view.setFloat64(at, maxMs, true)
    view.setUint32(at + 8, buckets.length, true)
    at += 12
    for (const value of buckets) {
      view.setUint32(at, value, true)
      at += 4
    }
  }
  return new Uint8Array(view.buffer)
}

/** @returns One entry for each of `HISTOGRAMS`; empty ones for those that `bytes` does not hold. */
export function decodeHistograms(bytes: Uint8Array): HistogramState[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  return HISTOGRAMS.map(() => {
    if (at + 12 > bytes.length) return { buckets: new Uint32Array(0), maxMs: 0 }
    const maxMs = view.getFloat64(at, true)
    const buckets = new Uint32Array(view.getUint32(at + 8, true))
    at += 12
    for (let k = 0; k < buckets.length; k += 1, at += 4) buckets[k] = view.getUint32(at, true)
    return { buckets, maxMs }
  })
}
