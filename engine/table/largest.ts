/**
 * @returns The positions of the largest counts, the largest first, at most `most` of them and none whose count is 0; of
 * equal ones the first comes first.
 */
export function largest(counts: Uint32Array, most: number): number[] {
  const found: number[] = []
  // Beyond it nothing changes the answer: kept at twice the size, so that it is seldom sorted.
  const keep = (): void => {
    found.sort((a, b) => counts[b]! - counts[a]! || a - b)
    if (found.length > most) found.length = most
  }
  let least = 0
  for (let at = 0; at < counts.length; at += 1) {
    const count = counts[at]!
    if (count <= least) continue
    found.push(at)
    if (found.length < most * 2) continue
    keep()
    least = counts[found[most - 1]!]!
  }
  keep()
  return found
}
