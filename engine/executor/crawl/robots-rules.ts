/**
 * robots.txt after RFC 9309: groups of the most specific product token, longest rule first, allow before disallow.
 *
 * A file may hold 500 KiB of hostile rules, so matching never goes back in a pattern: rules without wildcards are
 * looked up by their length, the others are compared piece by piece, leftmost first, which suffices for `*`.
 */
export interface RobotsRules {
  /** @param path Path and query, as in a normalised URL. */
  allows(path: string): boolean
}

export const ALLOW_ALL: RobotsRules = { allows: () => true }
export const DENY_ALL: RobotsRules = { allows: () => false }

interface WildRule {
  readonly pieces: readonly string[]
  readonly isAnchored: boolean
  readonly length: number
  readonly isAllowed: boolean
}

/** More wildcard rules than any real file has: such a file is refused as a whole, which keeps its host closed. */
const MOST_WILD_RULES = 5_000

interface Group {
  readonly names: string[]
  readonly rules: (readonly [pattern: string, isAllowed: boolean])[]
}

/**
 * @param text Already cut to what is to be parsed.
 * @param name Product token of our user agent, in lower case.
 */
export function parseRobots(text: string, name: string): RobotsRules {
  const groups = parseGroups(text)
  let chosen = groups.filter(group => name !== '' && group.names.includes(name))
  if (chosen.length === 0) chosen = groups.filter(group => group.names.includes('*'))
  const rules = chosen.flatMap(group => group.rules)
  return rules.length === 0 ? ALLOW_ALL : compile(rules)
}

function parseGroups(text: string): Group[] {
  const groups: Group[] = []
  let group: Group | undefined
  let isInNames = false
  for (const raw of text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    const match = /^[ \t]*([A-Za-z-]+)[ \t]*:[ \t]*([^#]*)/.exec(raw)
    if (match === null) continue
    const key = match[1]!.toLowerCase()
    const value = match[2]!.trim()
    if (key === 'user-agent') {
      if (!isInNames || group === undefined) {
        group = { names: [], rules: [] }
        groups.push(group)
      }
      isInNames = true
      // The product token ends at the first character that no token has, a version for instance.
      group.names.push(value === '*' ? '*' : (/^[A-Za-z_-]+/.exec(value)?.[0] ?? value).toLowerCase())
    } else if (key === 'allow' || key === 'disallow') {
      isInNames = false
      if (group !== undefined && value !== '') group.rules.push([normalised(value), key === 'allow'])
    }
  }
  return groups
}

/** @returns The pattern with its characters encoded as a URL has them: what is not ASCII in UTF-8, hex digits in upper case. */
function normalised(pattern: string): string {
  return pattern
    .replace(/[^\u0021-\u007e]+/gu, encodeSafely)
    .replace(/%[0-9a-f]{2}/gi, hex => hex.toUpperCase())
}

const encodeSafely = (text: string): string => encodeURIComponent(text.toWellFormed())

class CompiledRules implements RobotsRules {
  readonly #plain: ReadonlyMap<string, boolean>
  /** Lengths of the plain rules, longest first. */
  readonly #lengths: readonly number[]
  readonly #wild: readonly WildRule[]

  constructor(plain: ReadonlyMap<string, boolean>, wild: readonly WildRule[]) {
    this.#plain = plain
    this.#lengths = [...new Set([...plain.keys()].map(pattern => pattern.length))].sort((a, b) => b - a)
    this.#wild = wild
  }

  allows(path: string): boolean {
    if (path === '/robots.txt') return true
    const text = path.includes('%') ? path.replace(/%[0-9a-f]{2}/gi, hex => hex.toUpperCase()) : path
    let length = -1
    let isAllowed = true
    for (const candidate of this.#lengths) {
      if (candidate > text.length) continue
      const found = this.#plain.get(text.slice(0, candidate))
      if (found === undefined) continue
      length = candidate
      isAllowed = found
      break
    }
    for (const rule of this.#wild) {
      if (rule.length < length) break
      if (rule.length === length && (isAllowed || !rule.isAllowed)) continue
      if (!matches(rule, text)) continue
      if (rule.length > length) isAllowed = rule.isAllowed
      else isAllowed ||= rule.isAllowed
      length = rule.length
    }
    return isAllowed
  }
}

function compile(rules: readonly (readonly [pattern: string, isAllowed: boolean])[]): RobotsRules {
  const plain = new Map<string, boolean>()
  const wild: WildRule[] = []
  for (const [pattern, isAllowed] of rules) {
    const isAnchored = pattern.endsWith('$')
    // A wildcard at the end matches nothing more, but it makes the rule longer, which decides between two that match.
    const body = isAnchored ? pattern.slice(0, -1) : pattern
    if (!isAnchored && !body.includes('*')) {
      plain.set(body, isAllowed || plain.get(body) === true)
    } else {
      wild.push({ pieces: body.split(/\*+/), isAnchored, length: pattern.length, isAllowed })
    }
  }
  if (wild.length > MOST_WILD_RULES) return DENY_ALL
  wild.sort((a, b) => b.length - a.length || Number(b.isAllowed) - Number(a.isAllowed))
  return new CompiledRules(plain, wild)
}

function matches(rule: WildRule, text: string): boolean {
  const { pieces, isAnchored } = rule
  if (!text.startsWith(pieces[0]!)) return false
  const last = pieces.length - 1
  if (last === 0) return text.length === pieces[0]!.length
  let from = pieces[0]!.length
  for (let at = 1; at < last; at += 1) {
    const found = text.indexOf(pieces[at]!, from)
    if (found < 0) return false
    from = found + pieces[at]!.length
  }
  const tail = pieces[last]!
  if (isAnchored) return text.length - tail.length >= from && text.endsWith(tail)
  return text.indexOf(tail, from) >= 0
}
