import type { RecordFormat } from '../worker/protocol.ts'
import { LOAD_MARK_BYTES, LOAD_MARK_RECORDS, MARK_RECORDS } from './limits.ts'
import { LineBlocks, type LineWindow } from './line-blocks.ts'
import type { LineScanner } from './line-scanner.ts'
import type { MarkList } from './mark-list.ts'
import { RecordBlocks, type RecordWindow } from './record-blocks.ts'
import { scannerOf, type LineFormat } from './record-reader.ts'

/** Finds the records to mark in bytes that come block by block. */
export interface MarkScan {
  /** @returns Exactly `bytes` bytes to write into; call {@link add} with how many were written. */
  room(bytes: number): Buffer
  add(bytes: number): void
  /** Cuts what has come into records; then the next block may be read. */
  take(isEnd: boolean): void
  /** Counts and marks the records that were cut. */
  mark(): void
}

/** Every 128th URL. */
export class UrlScan implements MarkScan {
  readonly #blocks = new LineBlocks(0)
  readonly #lines: LineScanner
  readonly #marks: MarkList
  #window: LineWindow | null = null

  constructor(format: LineFormat['format'], marks: MarkList) {
    this.#lines = scannerOf(format, 0)
    this.#marks = marks
  }

  room(bytes: number): Buffer {
    return this.#blocks.room(bytes)
  }

  add(bytes: number): void {
    this.#blocks.add(bytes)
  }

  take(isEnd: boolean): void {
    this.#window = this.#blocks.take(isEnd)
  }

  mark(): void {
    if (this.#window === null) return
    const lines = this.#lines
    const marks = this.#marks
    lines.load(this.#window)
    while (lines.next()) {
      if ((marks.nextIndex - marks.firstIndex) % MARK_RECORDS === 0)
        marks.add(lines.offset, marks.nextIndex, lines.line)
      marks.nextIndex += 1
    }
  }
}

/** Every 1,024th record of a load, or one every 64 KiB. */
export class RecordScan implements MarkScan {
  readonly #blocks: RecordBlocks
  readonly #marks: MarkList
  #window: RecordWindow | null = null
  #lastIndex = -Infinity
  #lastOffset = -Infinity

  constructor(format: RecordFormat, marks: MarkList) {
    this.#blocks = new RecordBlocks(format, { byteOffset: format.bodyStart, line: format.bodyLine })
    this.#marks = marks
  }

  room(bytes: number): Buffer {
    return this.#blocks.room(bytes)
  }

  add(bytes: number): void {
    this.#blocks.add(bytes)
  }

  take(isEnd: boolean): void {
    this.#window = this.#blocks.take(isEnd)
  }

  mark(): void {
    const window = this.#window
    if (window === null) return
    const { extents, origin, lostAt } = window
    const { nextIndex } = this.#marks
    if (lostAt >= 0) this.#note(0, lostAt, window)
    for (let at = lostAt >= 0 ? 1 : 0; at < extents.count; at += 1) {
      const offset = origin + (extents.starts[at] as number)
      const isDue =
        nextIndex + at - this.#lastIndex >= LOAD_MARK_RECORDS || offset - this.#lastOffset >= LOAD_MARK_BYTES
      if (isDue) this.#note(at, offset, window)
    }
    this.#marks.nextIndex += extents.count
  }

  #note(at: number, offset: number, { extents, line }: RecordWindow): void {
    const index = this.#marks.nextIndex + at
    this.#marks.add(offset, index, line + (extents.lines[at] as number))
    this.#lastIndex = index
    this.#lastOffset = offset
  }
}
