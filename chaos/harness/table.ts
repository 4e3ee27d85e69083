import type { Verdict } from './scenario.ts'

/** What one scenario came to. */
export interface Outcome extends Verdict {
  readonly scenario: string
  readonly seed: number
  readonly seconds: number
  readonly holds: boolean
}

const NAME_WIDTH = 17

/** @returns A line as it is printed when a scenario has ended. */
export function lineOf({ scenario, holds, seconds, figures }: Outcome): string {
  const numbers = Object.entries(figures).map(([name, value]) => `${name} ${shown(value)}`)
  return [
    holds ? 'held  ' : 'BROKEN',
    scenario.padEnd(NAME_WIDTH),
    `${seconds.toFixed(0)} s`,
    numbers.join(' · '),
  ].join('  ')
}

/** @returns What did not hold. */
export const failuresOf = ({ checks }: Outcome): string[] =>
  checks.filter(({ holds }) => !holds).map(({ text }) => text)

/** @returns A Markdown table. */
export function formatTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ scenario, holds, seed, seconds, checks }) => [
    scenario,
    holds ? 'held' : 'BROKEN',
    `${checks.filter(check => check.holds).length} of ${checks.length}`,
    String(seed),
    seconds.toFixed(0),
  ])
  const lines = [['scenario', 'verdict', 'checks', 'seed', 'seconds'], ...rows]
  const widths = lines[0]!.map((_, at) => Math.max(...lines.map(line => line[at]!.length)))
  const format = (line: readonly string[]): string =>
    `| ${line.map((text, at) => text.padEnd(widths[at]!)).join(' | ')} |`
  return [
    format(lines[0]!),
    `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`,
    ...lines.slice(1).map(format),
  ].join('\n')
}

const shown = (value: number | string): string =>
  typeof value === 'number' ? value.toLocaleString('en-US') : value
