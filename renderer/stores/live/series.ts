import { SAMPLE, SAMPLE_WIDTH, sampleIntervalMs, type SampleColumn } from '../../../shared/model/sample.ts'
import { FailureColumns, NOTHING_FAILED, sumsOfFailures, type FailureSums } from './failure-columns.ts'
import { Ring } from './ring.ts'
import { addRow, NOTHING_YET, rowOf, sumsOf, sumsOfTick, type Sums } from './sample-row.ts'
import type { RunHistory } from '../../../shared/model/run-history.ts'
import type { RunTick } from '../../../shared/model/run.ts'

/** A minute of ticks, so that what the journal does not have yet can be joined to what it has. */
const TICKS_KEPT = 300
/** Most rows; beyond that, two neighbours become one. */
const MOST_ROWS = 4_000

/**
 * What charts are drawn from: the rows of a run's journal, and after the last of them rows made of ticks. The two are
 * joined by the running time, so nothing is drawn twice and nothing is missing, however often either comes again.
 */
export class RunSeries {
  /** What failed in each row, by kind. */
  readonly failures = new FailureColumns()
  readonly #ticks = new Ring<RunTick>(TICKS_KEPT)
  #rows = new Float64Array(SAMPLE_WIDTH * 256)
  #count = 0
  /** What had happened up to the end of the last row. */
  #sums: Sums | null = NOTHING_YET
  /** The same of failures by kind; `null` when some rows do not tell. */
  #failed: FailureSums | null = NOTHING_FAILED

  get length(): number {
    return this.#count
  }

  /** Running time at the end of the last row, in milliseconds; 0 before the first. */
  get endMs(): number {
    return this.#count === 0 ? 0 : this.at(this.#count - 1, 'elapsedMs')
  }

  last(): RunTick | undefined {
    return this.#ticks.last()
  }

  at(row: number, column: SampleColumn): number {
    return this.#rows[row * SAMPLE_WIDTH + SAMPLE[column]]!
  }

  clear(): void {
    this.#ticks.clear()
    this.#count = 0
    this.#sums = NOTHING_YET
    this.failures.clear()
    this.#failed = NOTHING_FAILED
  }

  /** Takes the journal's rows instead of those there are; ticks that are newer than its last row stay. */
  adopt({ samples, failures }: Pick<RunHistory, 'samples' | 'failures'>): void {
    this.#count = Math.floor(samples.length / SAMPLE_WIDTH)
    this.#rows = new Float64Array(Math.max(samples.length * 2, SAMPLE_WIDTH * 256))
    this.#rows.set(samples.subarray(0, this.#count * SAMPLE_WIDTH))
    this.#sums = this.#count === 0 ? null : sumsOf(samples)
    const failed = this.failures.adopt(failures)
    this.#failed = this.#count > 0 && this.#tellsKinds() ? failed : null
    for (const tick of this.#ticks) this.#append(tick)
  }

  /** Of ticks that come twice or late only the first counts. */
  push(tick: RunTick): void {
    const newest = this.#ticks.last()
    if (newest !== undefined && tick.elapsedMs <= newest.elapsedMs) return
    this.#ticks.push(tick)
    this.#append(tick)
  }

  #append(tick: RunTick): void {
    const beforeMs = this.endMs
    if (tick.elapsedMs <= beforeMs) return
    const sums = sumsOfTick(tick)
    const isAtStart = tick.elapsedMs < 1_000
    const since = this.#sums ?? (isAtStart ? NOTHING_YET : null)
    this.#sums = sums
    const failed = sumsOfFailures(tick)
    const failedSince = this.#failed ?? (isAtStart ? NOTHING_FAILED : failed)
    this.#failed = failed
    // The first thing known of a run under way: what had happened before says nothing about one fifth of a second.
    if (since === null) return
    this.#addRow(tick, rowOf(tick, since))
    this.failures.addSince(this.#count - 1, failed, failedSince)
  }

  #addRow(tick: RunTick, row: Float64Array): void {
    const startMs = this.#count < 2 ? 0 : this.at(this.#count - 2, 'elapsedMs')
    if (this.#count > 1 && tick.elapsedMs - startMs <= sampleIntervalMs(tick.elapsedMs)) {
      addRow(this.#rows, this.#count - 1, row)
      return
    }
    if (this.#count >= MOST_ROWS) this.#halve()
    if ((this.#count + 1) * SAMPLE_WIDTH > this.#rows.length) this.#grow()
    this.#rows.set(row, this.#count * SAMPLE_WIDTH)
    this.#count += 1
  }

  #tellsKinds(): boolean {
    for (let row = 0; row < this.#count; row += 1)
      if (Number.isNaN(this.at(row, 'failureKinds'))) return false
    return true
  }

  #grow(): void {
    const larger = new Float64Array(this.#rows.length * 2)
    larger.set(this.#rows)
    this.#rows = larger
  }

  #halve(): void {
    const kept = Math.floor(this.#count / 2)
    for (let row = 0; row < kept; row += 1) {
      const from = row * 2 * SAMPLE_WIDTH
      const second = this.#rows.slice(from + SAMPLE_WIDTH, from + 2 * SAMPLE_WIDTH)
      this.#rows.copyWithin(row * SAMPLE_WIDTH, from, from + SAMPLE_WIDTH)
      addRow(this.#rows, row, second)
    }
    this.#count = kept
    this.failures.halve(kept)
  }
}
