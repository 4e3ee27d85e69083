import { groupDigits, type Translate } from '../../../shared/locales/translate.ts'
import type { Glyphs } from '../terminal/bars.ts'
import { cutLine, span, type Line } from '../terminal/line.ts'
import { padStart } from '../terminal/width.ts'
import type { ProgressView } from './view.ts'

/** @returns Failures grouped by code, the most frequent first, in at most `room` lines. */
export function failureLines(
  view: ProgressView,
  columns: number,
  room: number,
  { t, glyphs }: { readonly t: Translate; readonly glyphs: Glyphs },
): Line[] {
  const groups = [...view.failures.values()].sort((a, b) => b.count - a.count)
  if (groups.length === 0 || room <= 0) return []
  const isCut = groups.length > room || view.failuresOmitted > 0
  const shown = groups.slice(0, isCut ? Math.max(1, room - 1) : room)
  const hidden = view.failuresOmitted + groups.slice(shown.length).reduce((sum, { count }) => sum + count, 0)
  const countColumns = Math.max(...shown.map(({ count }) => groupDigits(count).length))
  const codeColumns = Math.max(...shown.map(({ code }) => code.length))
  const lines = shown.map(({ code, count, sample }) =>
    cutLine(
      [
        span(`${glyphs.failed} ${padStart(groupDigits(count), countColumns)}  `, 'failed'),
        span(code.padEnd(codeColumns)),
        span(`  ${sample}`, 'dim'),
      ],
      columns,
    ),
  )
  if (hidden === 0 || lines.length >= room) return lines
  return [...lines, cutLine([span(t('progress.moreFailures', { count: hidden }), 'dim')], columns)]
}
