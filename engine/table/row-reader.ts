import { JobError } from '../../shared/model/error.ts'
import type { RecordLayout } from '../../shared/model/record-layout.ts'
import { closeSync, openSync, readSync } from 'node:fs'
import { RowView } from '../journal/row-view.ts'
import { segmentPath, type RunPaths } from '../journal/run-paths.ts'
import {
  ABSENT,
  FRAME_HEADER_BYTES,
  PAYLOAD_HEADER_BYTES,
  planRow,
  type RowPlan,
} from '../journal/segment-format.ts'
import { isMissing, storageError } from '../journal/storage-error.ts'
import type { RowPlace } from './frame-list.ts'

const ROWS_AT = FRAME_HEADER_BYTES + PAYLOAD_HEADER_BYTES

/**
 * Reads single records from segments whose frames were verified when the table took them in: only the row and its
 * strings, so that a page of rows that lie far apart costs hundreds of kilobytes instead of hundreds of megabytes.
 */
export class RowReader implements Disposable {
  readonly #paths: RunPaths
  readonly #layout: RecordLayout
  readonly #plan: RowPlan
  readonly #view: RowView
  readonly #files = new Map<number, number>()
  readonly #header = Buffer.alloc(PAYLOAD_HEADER_BYTES)
  /** Of each string at most so many bytes are read. */
  readonly #mostStringBytes: number

  constructor(paths: RunPaths, layout: RecordLayout, mostStringBytes: number) {
    this.#paths = paths
    this.#layout = layout
    this.#plan = planRow(layout)
    this.#view = new RowView(layout)
    this.#mostStringBytes = mostStringBytes
  }

  /**
   * @returns A view that has the record selected, valid until the next call.
   * @throws JobError `E_JOURNAL_CORRUPT` when the file is not what it was, `E_SRC_IO`.
   */
  read({ segment, frameAt }: RowPlace, rowInFrame: number): RowView {
    const file = this.#fileOf(segment)
    const { rowBytes } = this.#plan
    this.#fill(file, segment, this.#header, frameAt + FRAME_HEADER_BYTES)
    const heapAt = frameAt + ROWS_AT + this.#header.readUInt32LE(0) * rowBytes
    const heapBytes = this.#header.readUInt32LE(4)
    const row = Buffer.alloc(rowBytes)
    this.#fill(file, segment, row, frameAt + ROWS_AT + rowInFrame * rowBytes)
    const strings: Buffer[] = []
    let bytes = 0
    for (const reference of this.#plan.stringOffsets) {
      const length = row.readUInt32LE(reference + 4)
      if (length === ABSENT) continue
      const at = row.readUInt32LE(reference)
      if (at + length > heapBytes) throw this.#corrupt(segment, frameAt)
      const text = Buffer.alloc(Math.min(length, this.#mostStringBytes))
      this.#fill(file, segment, text, heapAt + at)
      row.writeUInt32LE(bytes, reference)
      row.writeUInt32LE(text.length, reference + 4)
      strings.push(text)
      bytes += text.length
    }
    const head = Buffer.alloc(ROWS_AT)
    head.writeUInt32LE(1, FRAME_HEADER_BYTES)
    head.writeUInt32LE(bytes, FRAME_HEADER_BYTES + 4)
    this.#view.load(Buffer.concat([head, row, ...strings]))
    this.#view.select(0)
    return this.#view
  }

  [Symbol.dispose](): void {
    for (const file of this.#files.values()) closeSync(file)
    this.#files.clear()
  }

  #fileOf(segment: number): number {
    const known = this.#files.get(segment)
    if (known !== undefined) return known
    const path = segmentPath(this.#paths, segment)
    try {
      const file = openSync(path, 'r')
      this.#files.set(segment, file)
      return file
    } catch (error) {
      if (isMissing(error)) throw new JobError('E_NOT_FOUND', `segment ${path} is gone`, { cause: error })
      throw storageError(error, path)
    }
  }

  #fill(file: number, segment: number, into: Buffer, position: number): void {
    let bytes = 0
    while (bytes < into.length) {
      const read = readSync(file, into, bytes, into.length - bytes, position + bytes)
      if (read === 0) throw this.#corrupt(segment, position)
      bytes += read
    }
  }

  #corrupt(segment: number, at: number): JobError {
    const path = segmentPath(this.#paths, segment)
    return new JobError(
      'E_JOURNAL_CORRUPT',
      `segment ${path} at byte ${at} is not what it was (${this.#layout.kind})`,
    )
  }
}
