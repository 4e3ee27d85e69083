import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ErrorCode } from '../../../shared/model/error.ts'
import type { AppliedRecords, AppliedSpan } from '../destination.ts'
import { FAILURE_TABLE } from './positions.ts'

/** Which records of a run are in the database, by its positions; failures are looked up as they are asked for. */
export class AppliedInDatabase implements AppliedRecords {
  readonly #steps: readonly StepSpans[]
  readonly #runId: string
  readonly #failure: StatementSync

  constructor(database: DatabaseSync, runId: string, spans: readonly AppliedSpan[]) {
    this.#runId = runId
    const steps = new Set(spans.map(({ step }) => step))
    this.#steps = Array.from(steps, step => new StepSpans(step, spans))
    this.#failure = database.prepare(`SELECT code, message FROM ${FAILURE_TABLE} WHERE run = ? AND task = ?`)
  }

  isApplied(taskIndex: number): boolean {
    return this.#steps.some(spans => spans.has(taskIndex))
  }

  failureOf(taskIndex: number): { code: ErrorCode; message: string } | null {
    const row = this.#failure.get(this.#runId, taskIndex)
    return row === undefined
      ? null
      : { code: String(row['code']) as ErrorCode, message: String(row['message']) }
  }
}

/** Spans of one step: for each remainder, disjoint ones in rising order. */
class StepSpans {
  readonly #step: number
  readonly #byRemainder = new Map<number, { first: number; next: number }[]>()

  constructor(step: number, spans: readonly AppliedSpan[]) {
    this.#step = step
    const own = spans.filter(span => span.step === step).sort((a, b) => a.first - b.first)
    for (const { first, next } of own) {
      const remainder = first % step
      const list = this.#byRemainder.get(remainder) ?? []
      const last = list.at(-1)
      if (last !== undefined && first <= last.next) last.next = Math.max(last.next, next)
      else list.push({ first, next })
      this.#byRemainder.set(remainder, list)
    }
  }

  has(taskIndex: number): boolean {
    const list = this.#byRemainder.get(taskIndex % this.#step) ?? []
    let low = 0
    let high = list.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((list[middle]?.first ?? 0) <= taskIndex) low = middle + 1
      else high = middle
    }
    return taskIndex < (list[low - 1]?.next ?? 0)
  }
}
