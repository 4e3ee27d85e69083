import type { Span } from '../plan/planner.ts'

export const isWithin = (index: number, { first, step, end }: Span): boolean =>
  index >= first && (end === null || index < end) && (index - first) % step === 0

/** @returns The span without the given indexes, as spans between them. */
export function cutAround(span: Span, indexes: readonly number[]): Span[] {
  const rest: Span[] = []
  let first = span.first
  for (const index of [...indexes].sort((a, b) => a - b)) {
    if (index > first) rest.push({ ...span, first, end: index })
    first = index + span.step
  }
  if (span.end === null || first < span.end) rest.push({ ...span, first })
  return rest
}
