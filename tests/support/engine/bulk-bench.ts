import type { SegmentWriter } from '../../../engine/journal/segment-writer.ts'
import { BulkIntake } from '../../../engine/worker/bulk-intake.ts'
import { BulkRuntime } from '../../../engine/worker/bulk-runtime.ts'
import type { Faults } from '../../../engine/worker/faults.ts'
import type { Lease } from '../../../engine/worker/protocol.ts'
import { Recorder } from '../../../engine/worker/recorder.ts'
import type { StartsFile } from '../../../engine/worker/starts-file.ts'
import { COUNTERS } from '../../../shared/model/counters.ts'
import { errorCodeOf } from '../../../shared/model/error.ts'
import { OUTCOMES } from '../../../shared/model/outcome.ts'
import { LOAD_LAYOUT } from '../../../shared/model/record-layout.ts'
import { FakeWriter } from './fake-writer.ts'
import { makeLoadLease, ScriptedLoadCursor, type ScriptedLine } from './load-records.ts'

interface BenchOptions {
  readonly permits?: number
  readonly nowMs?: () => number
  readonly isOrdered?: boolean
  readonly faults?: Faults
}

/** A row of the segment: its columns and strings by name, without those that are absent. */
export type LoadRow = Readonly<Record<string, number | string>>

/** A runtime of a load with everything around it under the test's control. */
export class BulkBench {
  readonly writer = new FakeWriter()
  readonly intake: BulkIntake
  readonly runtime: BulkRuntime
  readonly recorder: Recorder
  readonly cursors: ScriptedLoadCursor[] = []
  readonly rows: LoadRow[] = []
  readonly noted: [lane: number, index: number][] = []
  readonly errors: unknown[] = []
  isCongested = false
  wants = 0
  idles = 0
  readonly #scripts = new Map<number, readonly ScriptedLine[]>()
  #leases = 0

  constructor({
    permits = 4,
    nowMs = () => 10_000,
    isOrdered = false,
    faults = new Map(),
  }: BenchOptions = {}) {
    this.intake = new BulkIntake({
      openCursor: lease => {
        const cursor = new ScriptedLoadCursor(lease, this.#scripts.get(lease.id)!)
        this.cursors.push(cursor)
        return cursor
      },
      openLease: lease => this.writer.openLease(lease),
      onError: error => this.errors.push(error),
    })
    const segment = {
      append: (numbers: Float64Array, strings: readonly (string | null)[]) =>
        this.rows.push(rowOf(numbers, strings)),
    } as unknown as SegmentWriter
    this.recorder = new Recorder(segment, 0, 1)
    this.runtime = new BulkRuntime({
      permits,
      nowMs,
      intake: this.intake,
      recorder: this.recorder,
      starts: {
        note: (lane: number, index: number) => this.noted.push([lane, index]),
      } as unknown as StartsFile,
      faults,
      isOrdered,
      isCongested: () => this.isCongested,
      onWant: () => (this.wants += 1),
      onIdle: () => (this.idles += 1),
    })
    this.runtime.use(this.writer)
  }

  /** Grants a lease of these lines; resolves when the lease is open. */
  async grant(lines: readonly ScriptedLine[], given: Partial<Lease> = {}): Promise<void> {
    this.#leases += 1
    const lease = makeLoadLease({ id: this.#leases, end: (given.first ?? 0) + lines.length, ...given })
    this.#scripts.set(lease.id, lines)
    this.intake.grant(lease)
    this.runtime.granted()
    await new Promise(setImmediate)
  }

  /** Settled tasks as reported, by lease: single indexes, and spans as `first-end`. */
  get settled(): string[] {
    return this.intake.takeProgress().map(({ id, settled, settledSpans = [] }) => {
      const spans = []
      for (let at = 0; at < settledSpans.length; at += 2)
        spans.push(`${settledSpans[at]}-${settledSpans[at + 1]}`)
      return `${id}: ${[...spans, ...settled].join(' ')}`
    })
  }

  /** Counters that are not zero, since they were asked for last; without times. */
  get counters(): Record<string, number> {
    const { counters } = this.recorder.take()
    return Object.fromEntries(
      COUNTERS.flatMap((name, at) =>
        counters[at] === 0 || name.endsWith('Ms') ? [] : [[name, counters[at]!]],
      ),
    )
  }
}

function rowOf(numbers: Float64Array, strings: readonly (string | null)[]): LoadRow {
  const row: Record<string, number | string> = {}
  for (const [at, { name }] of LOAD_LAYOUT.numbers.entries()) {
    const value = numbers[at]!
    if (Number.isNaN(value)) continue
    if (name === 'outcome') row[name] = OUTCOMES[value]!
    else if (name === 'error') row[name] = errorCodeOf(value)!
    else row[name] = value
  }
  for (const [at, name] of LOAD_LAYOUT.strings.entries()) {
    const text = strings[at]
    if (text !== null && text !== undefined) row[name] = text
  }
  return row
}
