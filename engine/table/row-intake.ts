import { OUTCOME } from '../../shared/model/outcome.ts'
import {
  COMMON_COLUMN,
  CRAWL_LAYOUT,
  ERROR_MESSAGE_STRING,
  positionsOf,
  type RecordLayout,
} from '../../shared/model/record-layout.ts'
import type { RowView } from '../journal/row-view.ts'
import { FrameList, type RowPlace } from './frame-list.ts'
import { HostNames } from './host-names.ts'
import { TaskColumns, ROW_BYTES } from './columns.ts'
import { inputReader, type ReadInput } from './record-text.ts'
import { TextHeap } from './text-heap.ts'

/** Most rows of one table, and most memory that they take, roughly, in bytes. */
const ROWS_LIMIT = 20_000_000
const BYTES_LIMIT = 2 ** 30

export interface TableLimits {
  readonly rows: number
  readonly bytes: number
}

export const TABLE_LIMITS: TableLimits = { rows: ROWS_LIMIT, bytes: BYTES_LIMIT }

const { numbers: CRAWL_NUMBERS, strings: CRAWL_STRINGS } = positionsOf(CRAWL_LAYOUT)

/** What a table knows of its tasks, and the way in: rows are appended one by one and never change. */
export class RowIntake {
  readonly columns: TaskColumns
  readonly hosts = new HostNames()
  readonly texts = new TextHeap()
  readonly #frames = new FrameList()
  readonly #limits: TableLimits
  readonly #isCrawl: boolean
  readonly #isLoad: boolean
  readonly #readInput: ReadInput
  #frame: Buffer = Buffer.alloc(0)

  constructor(layout: RecordLayout, limits: TableLimits) {
    this.columns = new TaskColumns(limits.rows)
    this.#limits = limits
    this.#isCrawl = layout.kind === 'crawl'
    this.#isLoad = layout.kind === 'load'
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

  /** The rows that follow come from this frame. */
  load(rows: RowView, place: RowPlace): void {
    this.#frames.add(place, this.columns.length)
    const { buffer, byteOffset, byteLength } = rows.view
    this.#frame = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
  }

  /**
   * Takes the selected row.
   *
   * @returns False where it does not belong into a table: of a load, only what was rejected does.
   */
  take(row: RowView, rowInFrame: number): boolean {
    const outcome = row.number(COMMON_COLUMN.outcome)
    if (this.#isLoad && outcome !== OUTCOME.failed && outcome !== OUTCOME.quarantined) return false
    const { columns } = this
    columns.grow()
    const at = columns.length
    columns.index[at] = row.number(COMMON_COLUMN.index)
    columns.outcome[at] = outcome
    columns.error[at] = row.number(COMMON_COLUMN.error)
    columns.attempts[at] = row.number(COMMON_COLUMN.attempts)
    columns.worker[at] = row.number(COMMON_COLUMN.worker)
    columns.startedAtMs[at] = row.number(COMMON_COLUMN.startedAtMs)
    columns.totalMs[at] = row.number(COMMON_COLUMN.totalMs)
    columns.rowInFrame[at] = rowInFrame
    columns.textStart[at] = this.texts.begin()
    if (this.#isCrawl) this.#takeCrawl(row, at)
    else {
      columns.bodyBytes[at] = NaN
      this.#addInput(row)
    }
    if (row.locate(ERROR_MESSAGE_STRING)) this.texts.add(this.#frame, row.textStart, row.textEnd)
    columns.length = at + 1
    return true
  }

  #takeCrawl(row: RowView, at: number): void {
    const { columns } = this
    columns.status[at] = row.number(CRAWL_NUMBERS.status)
    columns.bodyBytes[at] = row.number(CRAWL_NUMBERS.bodyBytes)
    if (!row.locate(CRAWL_STRINGS.url)) {
      this.texts.addNothing()
      return
    }
    columns.host[at] = this.hosts.add(this.#frame, row.textStart, row.textEnd)
    this.texts.add(this.#frame, row.textStart, row.textEnd)
  }

  #addInput(row: RowView): void {
    const input = this.#readInput(row)
    if (input === null) this.texts.addNothing()
    else {
      const bytes = Buffer.from(input)
      this.texts.add(bytes, 0, bytes.length)
    }
  }
}
