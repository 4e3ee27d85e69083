import { mix32 } from './random.ts'

/**
 * Turns the result of a task into its digest, in place:
 *
 *     low  = mix32(resultLow ^ mix32(index + 1))
 *     high = mix32(resultHigh ^ mix32(low + index))
 *
 * modulo 2^32, with `low` in the second line being the new one. The digest of a run is the sum of each half over its
 * tasks, modulo 2^32: whatever the order, and different when two tasks swap their results.
 */
export function digestTask(index: number, result: Uint32Array): void {
  const low = mix32(result[0]! ^ mix32(index + 1))
  result[0] = low
  result[1] = mix32(result[1]! ^ mix32(low + index))
}

/** @returns One more step of a running hash: `hash * 31 + value`, modulo 2^32. */
export const fold31 = (hash: number, value: number): number => (Math.imul(hash, 31) + value) >>> 0
