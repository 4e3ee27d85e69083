/**
 * What a run's charts are drawn from: one row of numbers every fifth of a second in its first five minutes, every
 * second up to an hour, every five seconds after that. Kept in the run's journal, so that a run opened later shows the
 * same lines. Columns are only ever appended. NaN is "not measured".
 */
export const SAMPLE_COLUMNS = [
  /** Milliseconds since the run began, running times of earlier sessions included; of the row's end. */
  'elapsedMs',
  /** What settled since the row before. */
  'settled',
  'failed',
  /** Bytes since the row before: read from inputs, bodies as decoded, and as they came over the wire. */
  'bytesRead',
  'bytesBody',
  'bytesWire',
  'retries',
  'inFlight',
  /** Most tasks in flight: P × T × C. */
  'limit',
  'waiting',
  /** Latency of tasks that settled in the row's last second, from the merged histogram. */
  'p50Ms',
  'p90Ms',
  'p95Ms',
  'p99Ms',
  /** Longest of all that settled since the row before. */
  'maxMs',
  /** Milliseconds of each phase since the row before, summed over tasks. */
  'queueMs',
  'connectMs',
  'firstByteMs',
  'bodyMs',
  'cpuMs',
  /** Workers that are ready. */
  'workers',
  /** CPU seconds a second of all workers' processes: 2 is two CPUs busy. */
  'cpuRatio',
  /** Mean of the event-loop utilisation of the workers, 0..1. */
  'loopRatio',
  'rssBytes',
  /** How many kinds of failures there were since the row before: as many pairs of kind and count belong to the row. */
  'failureKinds',
] as const

export type SampleColumn = (typeof SAMPLE_COLUMNS)[number]

export const SAMPLE_WIDTH = SAMPLE_COLUMNS.length

export const SAMPLE: Readonly<Record<SampleColumn, number>> = Object.fromEntries(
  SAMPLE_COLUMNS.map((name, position) => [name, position]),
) as Record<SampleColumn, number>

/** What adds up over rows; everything else is of a moment or of a second. */
export const ADDED_COLUMNS = [
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

/** Most rows in one answer; a longer history is told with rows put together. */
export const SAMPLES_PER_ANSWER = 2_000

/** Time between two rows, by how long the run has lasted. */
export function sampleIntervalMs(elapsedMs: number): number {
  if (elapsedMs < 5 * 60_000) return 200
  return elapsedMs < 60 * 60_000 ? 1_000 : 5_000
}
