import { errorNumber, type ErrorCode } from '../../../shared/model/error.ts'
import type { AppliedRecords, AppliedSpan } from '../destination.ts'
import { compactSpans } from './spans.ts'

/** Spans of the same step and phase, without overlap and in rising order. */
interface Comb {
  readonly step: number
  readonly phase: number
  readonly spans: AppliedSpan[]
}

type RecordFault = NonNullable<ReturnType<AppliedRecords['failureOf']>>

/** What a destination holds of the tasks of a lease. */
export class AppliedTasks implements AppliedRecords {
  readonly #combs: readonly Comb[]
  readonly #failures: ReadonlyMap<number, string>

  /** @param failures `<CODE> <message>` by task. */
  constructor(spans: readonly AppliedSpan[], failures: ReadonlyMap<number, string>) {
    this.#combs = combsOf(spans)
    this.#failures = failures
  }

  isApplied(taskIndex: number): boolean {
    return this.#combs.some(comb => taskIndex % comb.step === comb.phase && isIn(comb.spans, taskIndex))
  }

  failureOf(taskIndex: number): RecordFault | null {
    const failure = this.#failures.get(taskIndex)
    return failure === undefined ? null : parseFailure(failure)
  }
}

/** @param text `<CODE> <message>`; without a code it is a message about data. */
export function parseFailure(text: string): RecordFault {
  const space = text.indexOf(' ')
  const code = text.slice(0, Math.max(space, 0)) as ErrorCode
  return errorNumber(code) > 0
    ? { code, message: text.slice(space + 1) }
    : { code: 'E_DEST_DATA', message: text }
}

function combsOf(spans: readonly AppliedSpan[]): Comb[] {
  const combs: Comb[] = []
  for (const span of compactSpans(spans)) {
    const phase = span.first % span.step
    const last = combs.at(-1)
    if (last?.step === span.step && last.phase === phase) last.spans.push(span)
    else combs.push({ step: span.step, phase, spans: [span] })
  }
  return combs
}

function isIn(spans: readonly AppliedSpan[], task: number): boolean {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((spans[middle]?.first ?? 0) <= task) low = middle + 1
    else high = middle
  }
  const found = spans[low - 1]
  return found !== undefined && task < found.next
}
