import { OUTCOME } from '../../shared/model/outcome.ts'
import {
  COMMON_COLUMN,
  CRAWL_LAYOUT,
  ERROR_MESSAGE_STRING,
  positionsOf,
  type RecordLayout,
} from '../../shared/model/record-layout.ts'
import type { RowView } from '../journal/row-view.ts'
import { FRAME_RECORDS } from '../journal/segment-format.ts'
import { ROW_BYTES, TaskColumns } from './columns.ts'
import { FrameList, type RowPlace } from './frame-list.ts'
import { HostNames } from './host-names.ts'
import { NumberCopier } from './number-copier.ts'
import { copyPhases } from './phase-columns.ts'
import { inputReader, type ReadInput } from './record-text.ts'
import { TextHeap } from './text-heap.ts'

export interface TableLimits {
  /** Reading stops with the frame that reaches one of them. */
  readonly rows: number
  /** Memory that rows take, roughly. */
  readonly bytes: number
}

/** Of one table. */
export const TABLE_LIMITS: TableLimits = { rows: 20_000_000, bytes: 2 ** 30 }

const { numbers: CRAWL_NUMBERS, strings: CRAWL_STRINGS } = positionsOf(CRAWL_LAYOUT)

/** What a table knows of its tasks, and the way in: rows are appended, a frame of them at a time, and never change. */
export class RowIntake {
  readonly columns: TaskColumns
  readonly hosts = new HostNames()
  readonly texts = new TextHeap()
  readonly #frames = new FrameList()
  readonly #limits: TableLimits
  readonly #kind: RecordLayout['kind']
  readonly #copier: NumberCopier
  readonly #readInput: ReadInput
  #picks = new Uint32Array(FRAME_RECORDS)

  constructor(layout: RecordLayout, limits: TableLimits) {
    this.columns = new TaskColumns(limits.rows)
    this.#limits = limits
    this.#kind = layout.kind
    this.#copier = new NumberCopier(layout)
    this.#readInput = inputReader(layout)
  }

  get isFull(): boolean {
    const { length } = this.columns
    return (
      length >= this.#limits.rows ||
      length * ROW_BYTES + this.texts.end + this.hosts.bytes >= this.#limits.bytes ||
      this.hosts.isFull
    )
  }

  /** @param row One that was taken. @returns Where its record lies. */
  placeOf(row: number): RowPlace {
    return this.#frames.placeOf(row)
  }

  /**
   * Takes the rows of one frame.
   *
   * @param isDropped Tells tasks whose rows do not count any more; `null` where there are none.
   */
  take(frame: RowView, place: RowPlace, isDropped: ((index: number) => boolean) | null): void {
    const picks = this.#pick(frame, isDropped)
    if (picks.length === 0) return
    const { columns } = this
    const from = columns.length
    columns.reserve(picks.length)
    this.#frames.add(place, from)
    columns.rowInFrame.set(picks, from)
    this.#copyNumbers(frame.view, picks, from)
    if (this.#kind === 'crawl') this.#addUrls(frame, picks, from)
    else this.#addInputs(frame, picks, from)
    columns.length = from + picks.length
  }

  /** @returns The rows that belong into a table: of a load, only what was rejected does. */
  #pick(frame: RowView, isDropped: ((index: number) => boolean) | null): Uint32Array {
    if (this.#picks.length < frame.count) this.#picks = new Uint32Array(frame.count)
    const isLoad = this.#kind === 'load'
    let count = 0
    for (let row = 0; row < frame.count; row += 1) {
      if (isLoad || isDropped !== null) {
        frame.select(row)
        const outcome = frame.number(COMMON_COLUMN.outcome)
        if (isLoad && outcome !== OUTCOME.failed && outcome !== OUTCOME.quarantined) continue
        if (isDropped?.(frame.number(COMMON_COLUMN.index)) === true) continue
      }
      this.#picks[count] = row
      count += 1
    }
    return this.#picks.subarray(0, count)
  }

  #copyNumbers(view: DataView, picks: Uint32Array, from: number): void {
    const { columns } = this
    const copier = this.#copier
    copier.copy(view, picks, COMMON_COLUMN.index, columns.index, from)
    copier.copy(view, picks, COMMON_COLUMN.outcome, columns.outcome, from)
    copier.copy(view, picks, COMMON_COLUMN.error, columns.error, from)
    copier.copy(view, picks, COMMON_COLUMN.attempts, columns.attempts, from)
    copier.copy(view, picks, COMMON_COLUMN.worker, columns.worker, from)
    copier.copy(view, picks, COMMON_COLUMN.startedAtMs, columns.startedAtMs, from)
    copier.copy(view, picks, COMMON_COLUMN.totalMs, columns.totalMs, from)
    copier.copy(view, picks, COMMON_COLUMN.lane, columns.lane, from)
    if (this.#kind === 'crawl') {
      copier.copy(view, picks, CRAWL_NUMBERS.status, columns.status, from)
      copier.copy(view, picks, CRAWL_NUMBERS.bodyBytes, columns.bodyBytes, from)
    } else columns.bodyBytes.fill(NaN, from, from + picks.length)
    copyPhases(this.#kind, copier, { view, picks, columns, from })
  }

  #addUrls(frame: RowView, picks: Uint32Array, from: number): void {
    const { columns, texts, hosts } = this
    const bytes = bytesOf(frame)
    for (let at = 0; at < picks.length; at += 1) {
      frame.select(picks[at]!)
      columns.textStart[from + at] = texts.begin()
      if (frame.locate(CRAWL_STRINGS.url)) {
        const { textStart, textEnd } = frame
        columns.host[from + at] = hosts.add(bytes, textStart, textEnd)
        texts.add(bytes, textStart, textEnd)
      } else texts.addNothing()
      if (frame.locate(ERROR_MESSAGE_STRING)) texts.add(bytes, frame.textStart, frame.textEnd)
    }
  }

  #addInputs(frame: RowView, picks: Uint32Array, from: number): void {
    const { columns, texts } = this
    const bytes = bytesOf(frame)
    for (let at = 0; at < picks.length; at += 1) {
      frame.select(picks[at]!)
      columns.textStart[from + at] = texts.begin()
      const input = Buffer.from(this.#readInput(frame) ?? '')
      texts.add(input, 0, input.length)
      if (frame.locate(ERROR_MESSAGE_STRING)) texts.add(bytes, frame.textStart, frame.textEnd)
    }
  }
}

function bytesOf({ view }: RowView): Buffer {
  return Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
}
