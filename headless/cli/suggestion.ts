/**
 * @returns The name that `given` was most likely meant to be; `null` when none is near: at most a third of its
 * letters wrong, a swap of neighbours counting once.
 */
export function suggestionFor(given: string, names: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(given.replace(/^-+/, '').length / 3)) + 1
  for (const name of names) {
    const distance = editDistance(given, name, bestDistance)
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best ?? names.find(name => given.length >= 3 && name.startsWith(given)) ?? null
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`; `limit` when there are more. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1]
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (isSame ? 0 : 1))
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) cost = Math.min(cost, beforeLast[column - 2]! + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[b.length]!
}
