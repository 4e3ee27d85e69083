import { COUNTER } from '../../shared/model/counters.ts'
import { printable } from '../../shared/model/error.ts'
import { OUTCOME } from '../../shared/model/outcome.ts'
import { LOAD_LAYOUT, positionsOf } from '../../shared/model/record-layout.ts'
import type { RecordFailure } from '../destination/destination.ts'
import { RAW_BYTES } from '../load/record-view.ts'
import { MAX_STRING_UNITS } from '../journal/segment-format.ts'
import type { LoadBatch } from './load-batch.ts'
import type { RecordNotes } from './record-notes.ts'
import type { Recorder } from './recorder.ts'

const COLUMNS = positionsOf(LOAD_LAYOUT)

/** Longest raw record whose Base64 a segment takes. */
const KEPT_RAW_BYTES = Math.min(RAW_BYTES, Math.floor(MAX_STRING_UNITS / 4) * 3)

/** Characters of a record that are shown with its failure, and the bytes they have at most. */
const EXCERPT_CHARACTERS = 80
const EXCERPT_BYTES = 4 * EXCERPT_CHARACTERS

/**
 * Records a batch that is done: a row for each record that did not end as `ok`, and for each that has an output;
 * counters, and the batch's times.
 */
export function recordBatch(
  recorder: Recorder,
  batch: LoadBatch,
  failures: readonly RecordFailure[],
  endedAtMs: number,
): void {
  const { lane, added, applied } = batch
  lane.attempt = 1
  lane.queuedAtMs = batch.openedAtMs
  lane.startedAtMs = batch.openedAtMs
  lane.firstStartedAtMs = batch.openedAtMs
  addFailures(recorder, batch, failures, endedAtMs)
  addRefused(recorder, batch, endedAtMs)
  if (batch.outputs.length > 0) addOutputs(recorder, batch, failures, endedAtMs)
  else recorder.counters[COUNTER.ok]! += added.length - failures.length
  recorder.counters[COUNTER.ok]! += applied
  if (added.length === 0) return
  lane.reset()
  lane.index = added.taskAt(0)
  lane.cpuMs = batch.cpuMs
  recorder.measureBatch(lane, {
    tasks: added.length,
    outcome: failures.length < added.length ? OUTCOME.ok : OUTCOME.failed,
    queueMs: batch.sentAtMs - batch.closedAtMs,
    endedAtMs,
  })
}

function addFailures(
  recorder: Recorder,
  batch: LoadBatch,
  failures: readonly RecordFailure[],
  endedAtMs: number,
): void {
  for (const { at, code, message } of failures) {
    describe(batch, batch.added, at)
    batch.lane.refuse(OUTCOME.failed, code, printable(message))
    recorder.append(batch.lane, endedAtMs, true)
  }
}

function addRefused(recorder: Recorder, batch: LoadBatch, endedAtMs: number): void {
  for (const [at, { refusal, outcome }] of batch.refusals.entries()) {
    describe(batch, batch.refused, at)
    batch.lane.refuse(outcome, refusal.code, printable(refusal.message))
    recorder.append(batch.lane, endedAtMs, false)
  }
}

/** Rows of the records that ended as `ok`, where the destination is made of them. */
function addOutputs(
  recorder: Recorder,
  batch: LoadBatch,
  failures: readonly RecordFailure[],
  endedAtMs: number,
): void {
  const { lane, added, outputs } = batch
  const failed = new Set(failures.map(({ at }) => at))
  for (let at = 0; at < added.length; at += 1) {
    if (failed.has(at)) continue
    place(batch, added, at)
    lane.numbers[COLUMNS.numbers.outcome] = OUTCOME.ok
    lane.strings[COLUMNS.strings.output] = outputs[at]!
    recorder.append(lane, endedAtMs, true)
  }
}

/** Puts what is known of a record into the batch's lane. */
function describe(batch: LoadBatch, notes: RecordNotes, at: number): void {
  place(batch, notes, at)
  const { lane } = batch
  const raw = notes.rawAt(at)
  const source = notes.sourceAt(at)
  const isWhole = raw.length === notes.byteLengthAt(at) && raw.length <= KEPT_RAW_BYTES
  lane.strings[COLUMNS.strings.raw] = isWhole ? raw.toString('base64') : null
  lane.strings[COLUMNS.strings.source] = source
  lane.input = excerptOf(raw, source)
}

function place({ lane }: LoadBatch, notes: RecordNotes, at: number): void {
  lane.reset()
  lane.index = notes.taskAt(at)
  const { numbers } = COLUMNS
  lane.numbers[numbers.recordIndex] = notes.indexAt(at)
  lane.numbers[numbers.line] = notes.lineAt(at)
  lane.numbers[numbers.byteOffset] = notes.byteOffsetAt(at)
  lane.numbers[numbers.byteLength] = notes.byteLengthAt(at)
}

/** @returns The beginning of a record for people; empty where its bytes are not known. */
export function excerptOf(raw: Buffer, source: string | null): string {
  const encoding = source === null ? 'utf-8' : (JSON.parse(source) as { encoding?: string }).encoding
  // `stream` leaves out a character that the cut has halved.
  const text = new TextDecoder(encoding ?? 'utf-8', { ignoreBOM: true }).decode(
    raw.subarray(0, EXCERPT_BYTES),
    { stream: raw.length > EXCERPT_BYTES },
  )
  const shown = printable(text)
  return shown.length <= EXCERPT_CHARACTERS ? shown : `${shown.slice(0, EXCERPT_CHARACTERS - 1)}…`
}
