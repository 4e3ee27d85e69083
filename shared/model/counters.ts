/**
 * What every worker counts. A report carries the increments since the last one, in this order, as one
 * `Float64Array`; the supervisor adds them up and the journal keeps the sums. Only ever appended.
 */
export const COUNTERS = [
  'ok',
  'failed',
  'skipped',
  'quarantined',
  'retries',
  'requests',
  'connections',
  'bytesRead',
  'bytesBody',
  'bytesWire',
  /** Milliseconds spent waiting for a permit, a host, a rate slot or the queue. */
  'queueMs',
  'connectMs',
  'firstByteMs',
  'bodyMs',
  /** Milliseconds of CPU work inside tasks: parsing, hashing, kernels. */
  'cpuMs',
  'fenced',
  'spansDropped',
  /** Digest of cpu results, the sum of each half modulo 2^32 (independent of order). */
  'digestLow',
  'digestHigh',
  /** Records of a load that were read, and those that were handed to the destination (again, after a lost connection). */
  'recordsRead',
  'recordsSent',
] as const

export type CounterName = (typeof COUNTERS)[number]

export const COUNTER: Readonly<Record<CounterName, number>> = Object.fromEntries(
  COUNTERS.map((name, position) => [name, position]),
) as Record<CounterName, number>

export type Counters = Float64Array

export const makeCounters = (): Counters => new Float64Array(COUNTERS.length)

const HALF = 2 ** 32

/** Adds `delta` to `sum` in place; the two halves of the digest stay below 2^32. */
export function addCounters(sum: Counters, delta: Counters): void {
  for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + (delta[at] ?? 0)
  for (const half of [COUNTER.digestLow, COUNTER.digestHigh]) sum[half] = (sum[half] ?? 0) % HALF
}

export const settledCount = (counters: Counters): number =>
  (counters[COUNTER.ok] ?? 0) +
  (counters[COUNTER.failed] ?? 0) +
  (counters[COUNTER.skipped] ?? 0) +
  (counters[COUNTER.quarantined] ?? 0)
