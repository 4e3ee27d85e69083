import { cutLine, lineWidth, span, type Line, type Span } from './line.ts'
import { widthOf } from './width.ts'

/** @returns `parts` one after the other with `separator` between them, in as many lines as they need. */
export function flow(parts: readonly Line[], separator: Span, columns: number): Line[] {
  const lines: Line[] = []
  let line: Span[] = []
  let used = 0
  for (const part of parts) {
    const width = lineWidth(part)
    if (line.length > 0 && used + widthOf(separator.text) + width > columns) {
      lines.push(line)
      line = []
      used = 0
    }
    if (line.length > 0) {
      line.push(separator)
      used += widthOf(separator.text)
    }
    line.push(...part)
    used += width
  }
  if (line.length > 0) lines.push(line)
  return lines.map(each => cutLine(each, columns))
}

/** @returns The parts on one line, or `null` where they do not fit. */
export function onOneLine(parts: readonly Line[], separator: Span, columns: number): Line | null {
  const joined = parts.flatMap((part, at) =>
    at === 0 ? part : [span(separator.text, separator.ink), ...part],
  )
  return lineWidth(joined) <= columns ? joined : null
}
