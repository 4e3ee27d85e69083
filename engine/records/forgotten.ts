import { SettledBitmap } from '../journal/settled-bitmap.ts'
import type { AppliedSpan } from '../destination/destination.ts'

/**
 * @param settled What the journal holds, as {@link SettledBitmap.toBytes} gives it.
 * @returns Tasks that are settled although no span of the destination covers them.
 */
export function forgottenTasks(settled: Uint8Array, spans: readonly AppliedSpan[]): SettledBitmap {
  const limit = settled.length * 8
  const held = new SettledBitmap()
  for (const { first, step, next } of spans) {
    const end = Math.min(next, limit)
    if (step === 1) held.setRange(first, end)
    else for (let index = first; index < end; index += step) held.set(index)
  }
  return SettledBitmap.fromBytes(without(settled, held.toBytes()))
}

/** @returns The bits of `from` that are not set in `what`. */
export function without(from: Uint8Array, what: Uint8Array): Uint8Array {
  const left = from.slice()
  const length = Math.min(left.length, what.length)
  for (let at = 0; at < length; at += 1) left[at]! &= ~what[at]!
  return left
}
