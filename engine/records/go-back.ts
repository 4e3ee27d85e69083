import { COUNTER } from '../../shared/model/counters.ts'
import { errorCodeOf, JobError, type ErrorCode } from '../../shared/model/error.ts'
import { OUTCOME, OUTCOMES } from '../../shared/model/outcome.ts'
import { COMMON_COLUMN } from '../../shared/model/record-layout.ts'
import type { ErrorGroup } from '../../shared/model/run.ts'
import type { Reconciled } from '../destination/destination.ts'
import type { DroppedRows, OutputState } from '../journal/journal-codec.ts'
import type { GoingBack } from '../journal/journal.ts'
import type { JournalState } from '../journal/journal-state.ts'
import type { RowView } from '../journal/row-view.ts'
import { SettledBitmap, type SettledPage } from '../journal/settled-bitmap.ts'
import { START } from '../sink/record-sink.ts'
import { forgottenTasks, without } from './forgotten.ts'
import { SETTLED_PAGE_BYTES } from './protocol.ts'
import { CompletionFeed } from './record-feed.ts'
import type { SegmentPool } from './segment-pool.ts'

/**
 * Compares what the journal holds as settled with what the destination says it holds.
 *
 * @param pool Committed segments of the run, of which only records that did not end well are looked at.
 * @returns What the journal must change so that the forgotten tasks are done again; `null` when they agree.
 * @throws JobError `E_SRC_CHANGED` when records are missing and the destination cannot have forgotten them by itself.
 */
export function goingBack(
  state: Pick<JournalState, 'settled' | 'counters' | 'progress' | 'segments' | 'outputs' | 'dropped'>,
  pool: SegmentPool,
  { identity, spans, mayHaveForgotten }: Reconciled,
): GoingBack | null {
  const forgotten = forgottenTasks(state.settled, spans)
  if (forgotten.count === 0) return null
  const rows = new ForgottenRows(forgotten)
  const feed = new CompletionFeed(pool, START, row => rows.look(row))
  while (feed.step());
  const lost = SettledBitmap.fromBytes(without(forgotten.toBytes(), rows.quarantined.toBytes()))
  if (lost.count === 0) return null
  if (!mayHaveForgotten)
    throw new JobError(
      'E_SRC_CHANGED',
      `destination changed: it does not know of ${lost.count} records that it had taken; start a new run`,
    )
  const counters = state.counters.slice()
  counters[COUNTER.ok]! -= lost.count - rows.indexes.length
  for (const [outcome, count] of rows.outcomes) counters[COUNTER[outcome]]! -= count
  const dropped = rows.indexes.length === 0 ? [] : [rows.toDropped(state.segments)]
  return {
    pages: changedPages(state.settled, lost.toBytes()),
    counters,
    errors: fewerErrors(state.progress.errors, rows.errors),
    dropped: [...state.dropped, ...dropped],
    outputs: dropped.length === 0 ? state.outputs : state.outputs.map(anew),
    destination: { identity, isEnding: false },
  }
}

/** Finds the forgotten tasks that did not end well, for only they have rows that count. */
class ForgottenRows {
  /** Tasks that were given up never reach a destination, so that none can forget them. */
  readonly quarantined = new SettledBitmap()
  readonly indexes: number[] = []
  readonly outcomes = new Map<(typeof OUTCOMES)[number], number>()
  readonly errors = new Map<ErrorCode, number>()
  readonly #forgotten: SettledBitmap

  constructor(forgotten: SettledBitmap) {
    this.#forgotten = forgotten
  }

  look(row: RowView): void {
    const index = row.number(COMMON_COLUMN.index)
    const outcome = row.number(COMMON_COLUMN.outcome)
    if (outcome === OUTCOME.ok || !this.#forgotten.has(index)) return
    if (outcome === OUTCOME.quarantined) {
      this.quarantined.set(index)
      return
    }
    this.indexes.push(index)
    count(this.outcomes, OUTCOMES[outcome]!)
    const code = errorCodeOf(row.number(COMMON_COLUMN.error))
    if (code !== undefined) count(this.errors, code)
  }

  toDropped(segments: ReadonlyMap<number, number>): DroppedRows {
    const spans: [first: number, end: number][] = []
    for (const index of this.indexes.toSorted((a, b) => a - b)) {
      const last = spans.at(-1)
      if (last?.[1] === index) last[1] = index + 1
      else spans.push([index, index + 1])
    }
    return { segments: [...segments], spans }
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function changedPages(settled: Uint8Array, lost: Uint8Array): SettledPage[] {
  const left = without(settled, lost)
  const pages: SettledPage[] = []
  for (let at = 0; at < lost.length; at += SETTLED_PAGE_BYTES) {
    if (lost.subarray(at, at + SETTLED_PAGE_BYTES).every(byte => byte === 0)) continue
    pages.push({ page: at / SETTLED_PAGE_BYTES, bits: left.slice(at, at + SETTLED_PAGE_BYTES) })
  }
  return pages
}

const fewerErrors = (errors: readonly ErrorGroup[], fewer: ReadonlyMap<ErrorCode, number>): ErrorGroup[] =>
  errors.flatMap(error => {
    const left = error.count - (fewer.get(error.code) ?? 0)
    return left > 0 ? [{ ...error, count: left }] : []
  })

/** A file that holds rows which are dropped is written again. Standard output cannot be. */
const anew = (output: OutputState): OutputState =>
  output.path === '-' ? output : { ...output, bytes: output.baseBytes, position: START }
