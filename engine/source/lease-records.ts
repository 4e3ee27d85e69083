import { isAscii, isUtf8 } from 'node:buffer'
import { makeRecordParser, type RecordParser } from '../load/record-parser.ts'
import type { FieldValues, LoadCursor, ReadingWishes, RecordView } from '../load/record-view.ts'
import { RAW_BYTES } from '../load/record-view.ts'
import type { Lease, RecordFormat } from '../worker/protocol.ts'
import type { Refusal } from './cursor.ts'
import { RECORD_BYTES } from './limits.ts'
import { quoteNotClosed, recordTooLong } from './load-refusals.ts'
import type { RecordWindow } from './record-blocks.ts'
import type { RecordWindows } from './record-windows.ts'
import { isSettled } from './settled.ts'

const NOTHING = Buffer.alloc(0)

class CurrentRecord implements RecordView {
  taskIndex = 0
  index = 0
  line = 0
  byteOffset = 0
  byteLength = 0
  raw: Buffer = NOTHING
  rawStart = 0
  rawEnd = 0
  text: Buffer = NOTHING
  textStart = 0
  textEnd = 0
  fields: FieldValues | null = null
  refusal: Refusal | null = null
  source: string | null = null
}

/** Hands out the records of a lease that are not settled yet; the others are passed over without being read. */
export class LeaseRecords implements LoadCursor {
  readonly record = new CurrentRecord()
  failure: LoadCursor['failure'] = null
  endIndex: number | null = null
  totalAhead: number | null = null
  readonly #lease: Lease
  readonly #windows: RecordWindows
  readonly #parser: RecordParser
  readonly #format: RecordFormat
  #window: RecordWindow | null = null
  #isOver = false
  /** Index of the window's first record, and of the one behind its last. */
  #windowFirst: number
  #windowEnd: number
  /** Index of the lease's next task. */
  #next: number

  constructor(
    lease: Lease,
    windows: RecordWindows,
    { format, wishes }: { readonly format: RecordFormat; readonly wishes: ReadingWishes },
  ) {
    this.#lease = lease
    this.#windows = windows
    this.#format = format
    this.#parser = makeRecordParser(format, wishes)
    this.#windowFirst = windows.firstIndex
    this.#windowEnd = windows.firstIndex
    const { first, step } = lease
    const before = Math.max(0, windows.firstIndex - first)
    this.#next = first + Math.ceil(before / step) * step
  }

  get bytesRead(): number {
    return this.#windows.bytesRead
  }

  get onReadable(): (() => void) | null {
    return this.#windows.onReadable
  }

  set onReadable(listener: (() => void) | null) {
    this.#windows.onReadable = listener
  }

  next(): 'record' | 'wait' | 'end' {
    const { first, step, end, settled } = this.#lease
    while (!this.#isOver) {
      const index = this.#next
      if (end !== null && index >= end) {
        this.#isOver = true
        break
      }
      if (index >= this.#windowEnd) {
        if (!this.#load()) return this.#isOver ? 'end' : 'wait'
        continue
      }
      this.#next = index + step
      if (settled !== null && isSettled(settled, (index - first) / step)) continue
      this.#read(index)
      return 'record'
    }
    return 'end'
  }

  close(): void {
    this.#isOver = true
    this.#window = null
    this.#windows.close()
  }

  /** @returns False when there is no further window yet, or none at all. */
  #load(): boolean {
    const windows = this.#windows
    const window = windows.take()
    if (window === 'wait') return false
    if (window === 'end') {
      this.#isOver = true
      if (windows.failure !== null) {
        const { code, message } = windows.failure
        this.failure = { code, message }
      } else if (this.#lease.end === null) this.endIndex = this.#windowEnd
      return false
    }
    const { count } = window.extents
    this.#windowFirst = this.#windowEnd
    this.#windowEnd += count
    this.#window = window
    if (this.#lease.end === null && windows.isLast && this.#windowFirst === windows.firstIndex)
      this.totalAhead = this.#windowEnd
    this.#tellKind(window)
    return true
  }

  /** One look at the whole window spares the parser one at each record. */
  #tellKind({ bytes, extents }: RecordWindow): void {
    const { encoding } = this.#format
    if (encoding === 'utf-16le' || encoding === 'utf-16be') return
    const records = bytes.subarray(extents.starts[0], extents.ends[extents.count - 1])
    if (isAscii(records)) this.#parser.blockIs('ascii')
    else this.#parser.blockIs(encoding === 'utf-8' && isUtf8(records) ? 'utf8' : 'unknown')
  }

  #read(index: number): void {
    const window = this.#window as RecordWindow
    const { extents, origin, bytes } = window
    const at = index - this.#windowFirst
    const start = extents.starts[at] as number
    const end = extents.ends[at] as number
    const { record } = this
    record.taskIndex = index
    record.index = index
    record.line = window.line + (extents.lines[at] as number)
    record.byteOffset = at === 0 && window.lostAt >= 0 ? window.lostAt : origin + start
    record.byteLength = origin + end - record.byteOffset
    record.source = this.#parser.source
    const isKept = record.byteLength <= RAW_BYTES
    record.raw = isKept ? bytes : NOTHING
    record.rawStart = isKept ? start : 0
    record.rawEnd = isKept ? end : 0
    if (record.byteLength > RECORD_BYTES) return this.#refuse(recordTooLong(record.line, record.byteLength))
    if (window.isUnclosed && at === extents.count - 1) return this.#refuse(quoteNotClosed(record.line))
    this.#parse(bytes, start, end)
  }

  #refuse(refusal: Refusal): void {
    const { record } = this
    record.text = NOTHING
    record.textStart = 0
    record.textEnd = 0
    record.fields = null
    record.refusal = refusal
  }

  #parse(bytes: Buffer, start: number, end: number): void {
    const { record } = this
    const parser = this.#parser
    parser.parse(bytes, start, end, record)
    record.text = parser.text
    record.textStart = parser.textStart
    record.textEnd = parser.textEnd
    record.fields = parser.fields
    record.refusal = parser.refusal
    const { origin } = parser
    if (origin === null) return
    record.index = origin.index
    record.line = origin.line
    record.byteOffset = origin.byteOffset
    record.byteLength = origin.byteLength
    record.source = origin.source
    record.raw = origin.raw
    record.rawStart = 0
    record.rawEnd = origin.raw.length
  }
}
