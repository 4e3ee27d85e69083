import type { Report } from './scenario.ts'

function cell(value: string | number | undefined): string {
  if (typeof value !== 'number') return value ?? ''
  if (Number.isNaN(value)) return ''
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  return value.toPrecision(3)
}

/** @returns The report as a Markdown table, followed by its goals and notes. */
export function formatReport({ rows, goals, notes }: Report): string {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const lines = [columns, ...rows.map(row => columns.map(column => cell(row[column])))]
  const widths = columns.map((_, at) => Math.max(...lines.map(line => line[at]!.length)))
  const format = (line: readonly string[]): string =>
    `| ${line.map((text, at) => (at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!))).join(' | ')} |`
  const [head, ...body] = lines
  const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`
  const table = [format(head!), rule, ...body.map(format)]
  const aims = goals.map(goal => `${goal.isMet ? 'reached' : 'MISSED '}  ${goal.text}: ${cell(goal.value)}`)
  return [...table, '', ...aims, ...notes.map(note => `note: ${note}`)].join('\n')
}
