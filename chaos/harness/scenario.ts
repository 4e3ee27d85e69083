/** What a scenario is given. */
export interface ChaosContext {
  /** `small` is for every change: a part of the work, fewer faults, shorter stalls. */
  readonly size: 'small' | 'full'
  /** Numbers in 0..1 that decide which fault happens when; the same for the same seed and scenario. */
  readonly random: () => number
  /** File that Node runs as `interleave`. */
  readonly command: string
  /** Says how far it is; for people. */
  readonly tell: (text: string) => void
}

/** One thing that must hold. */
export interface Check {
  readonly text: string
  readonly holds: boolean
}

export interface Verdict {
  readonly checks: readonly Check[]
  /** What was counted and measured, by its name. */
  readonly figures: Readonly<Record<string, number | string>>
}

export interface Scenario {
  readonly name: string
  readonly title: string
  run(context: ChaosContext): Promise<Verdict>
}

/** @returns A check whose text names what was found where it is not what was wanted. */
export function equal(what: string, found: unknown, wanted: unknown): Check {
  const holds = JSON.stringify(found) === JSON.stringify(wanted)
  const instead = holds ? '' : `: found ${brief(found)}, wanted ${brief(wanted)}`
  return { text: `${what}${instead}`, holds }
}

export const atMost = (what: string, found: number, bound: number): Check => ({
  text: `${what}: ${found}, at most ${bound}`,
  holds: found <= bound,
})

export const atLeast = (what: string, found: number, bound: number): Check => ({
  text: `${what}: ${found}, at least ${bound}`,
  holds: found >= bound,
})

export const hasHeld = ({ checks }: Verdict): boolean => checks.every(({ holds }) => holds)

const LONGEST_SHOWN = 200

const brief = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, LONGEST_SHOWN)
