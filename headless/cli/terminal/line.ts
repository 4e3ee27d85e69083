import type { Ink } from './paint.ts'
import { cut, widthOf } from './width.ts'

/** A piece of a line in one ink; `null` is the terminal's own colour. */
export interface Span {
  readonly text: string
  readonly ink: Ink | null
}

export type Line = readonly Span[]

export const span = (text: string, ink: Ink | null = null): Span => ({ text, ink })

export const lineWidth = (line: Line): number => line.reduce((sum, { text }) => sum + widthOf(text), 0)

/** @returns The line in at most `columns` columns. */
export function cutLine(line: Line, columns: number): Line {
  if (lineWidth(line) <= columns) return line
  const kept: Span[] = []
  let left = columns
  for (const { text, ink } of line) {
    const width = widthOf(text)
    if (width > left || (width === left && kept.length < line.length - 1)) {
      kept.push(span(cut(`${text} `, left), ink))
      break
    }
    kept.push(span(text, ink))
    left -= width
  }
  return kept
}

/** @returns `left`, then `right` at the end of the line; `right` is left out where both do not fit. */
export function justify(left: Line, right: Line, columns: number): Line {
  const gap = columns - lineWidth(left) - lineWidth(right)
  return gap < 2 ? cutLine(left, columns) : [...left, span(' '.repeat(gap)), ...right]
}

/** @returns As many of `parts` as fit, in order, with `separator` between them; at least the first, cut. */
export function joinFitting(parts: readonly Line[], separator: Span, columns: number): Line {
  const joined: Span[] = []
  let used = 0
  for (const part of parts) {
    const width = lineWidth(part) + (joined.length === 0 ? 0 : widthOf(separator.text))
    if (joined.length > 0 && used + width > columns) continue
    if (joined.length > 0) joined.push(separator)
    joined.push(...part)
    used += width
  }
  return cutLine(joined, columns)
}

export const paintLine = (line: Line, paint: (ink: Ink, text: string) => string): string =>
  line.map(({ text, ink }) => (ink === null ? text : paint(ink, text))).join('')
