import type { AppliedSpan } from '../destination.ts'

/**
 * Joins spans that touch or overlap, where they have the same step and phase, and leaves out empty ones: a run that was
 * resumed often would else carry every lease it ever had.
 *
 * @returns In rising order of step, phase and first task.
 */
export function compactSpans(spans: readonly AppliedSpan[]): AppliedSpan[] {
  const sorted = spans.filter(span => span.next > span.first).sort(byStepPhaseFirst)
  const joined: AppliedSpan[] = []
  for (const span of sorted) {
    const last = joined.at(-1)
    if (last !== undefined && isSameSeries(last, span) && span.first <= firstOpenOf(last))
      joined[joined.length - 1] = { ...last, next: Math.max(last.next, span.next) }
    else joined.push(span)
  }
  return joined
}

const phaseOf = ({ first, step }: AppliedSpan): number => first % step

const isSameSeries = (a: AppliedSpan, b: AppliedSpan): boolean =>
  a.step === b.step && phaseOf(a) === phaseOf(b)

/** The first task of the series that the span does not cover: `next` may lie between two of them. */
const firstOpenOf = ({ first, step, next }: AppliedSpan): number =>
  first + Math.ceil((next - first) / step) * step

const byStepPhaseFirst = (a: AppliedSpan, b: AppliedSpan): number =>
  a.step - b.step || phaseOf(a) - phaseOf(b) || a.first - b.first
