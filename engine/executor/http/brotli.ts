/** First release of each line of Node whose Brotli decoder does not write out of bounds (CVE-2026-111497). */
const FIXED = new Map([
  [22, [23, 4]],
  [24, [22, 1]],
  [26, [12, 1]],
])
const NEWEST_LINE = 26

export interface BrotliVerdict {
  /** Whether `br` is offered to servers and decoded; without it such a body is refused before any decoder sees it. */
  readonly isSafe: boolean
  readonly reason: string
}

/**
 * Judges the Brotli decoder of this Node, since a hostile server can reach it unasked.
 *
 * @param version As `process.versions.node` has it.
 */
export function brotliVerdict(version: string = process.versions.node): BrotliVerdict {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(part => Number.parseInt(part, 10))
  const fixed = FIXED.get(major)
  const isSafe =
    major > NEWEST_LINE ||
    (fixed !== undefined && (minor > fixed[0]! || (minor === fixed[0]! && patch >= fixed[1]!)))
  if (isSafe)
    return { isSafe, reason: `Node ${version} has the fix for CVE-2026-111497: br is offered and decoded` }
  const cure = fixed === undefined ? 'a maintained line' : `${major}.${fixed.join('.')}`
  return {
    isSafe,
    reason: `Node ${version} lacks the fix for CVE-2026-111497: br is not offered and refused; ${cure} has it`,
  }
}
