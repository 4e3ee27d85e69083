/** @returns Most starts within any window of one second, its end left out. */
export function busiestSecond(startsMs: readonly number[]): number {
  const sorted = startsMs.toSorted((a, b) => a - b)
  let most = 0
  let from = 0
  for (const [at, startMs] of sorted.entries()) {
    // A clock that counts from a machine's start has no digits left for what sums of intervals are off by.
    while (sorted[from]! <= startMs - 1_000 + 1e-6) from += 1
    most = Math.max(most, at - from + 1)
  }
  return most
}
