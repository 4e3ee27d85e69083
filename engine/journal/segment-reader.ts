import { JobError } from '../../shared/model/error.ts'
import type { RecordLayout } from '../../shared/model/record-layout.ts'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { RowView } from './row-view.ts'
import {
  FILE_HEADER_BYTES,
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  FRAME_TYPE_RECORDS,
  FRAME_VERSION,
  MAX_PAYLOAD_BYTES,
  decodeFileHeader,
  frameChecksum,
  frameSequence,
} from './segment-format.ts'
import { isMissing, storageError } from './storage-error.ts'

/** Small frames are read many at once; for a large one the buffer grows. */
const READ_BYTES = 131_072

/**
 * Reads the frames of one segment in order, synchronously: it lives in the records worker.
 *
 * Everything below the committed length must be whole. A frame that is not is `E_JOURNAL_CORRUPT` with file and
 * offset, and nothing after it is looked at. Beyond the committed length nothing is ever read.
 */
export class SegmentReader implements Disposable {
  readonly path: string
  readonly layout: RecordLayout
  readonly runId: string
  readonly segmentId: number
  readonly rows: RowView
  readonly #file: number
  #buffer = Buffer.allocUnsafeSlow(READ_BYTES)
  /** File offset of the buffer's first byte, and how many of its bytes are valid. */
  #bufferAt = 0
  #bufferBytes = 0
  #position = FILE_HEADER_BYTES
  #frameAt = FILE_HEADER_BYTES
  /** Unknown after a seek: the first frame says where the count goes on. */
  #nextSequence: number | null = 0

  /** @throws JobError `E_JOURNAL_CORRUPT`, `E_VERSION` or `E_SRC_IO`. */
  constructor(path: string) {
    this.path = path
    try {
      this.#file = openSync(path, 'r')
    } catch (error) {
      if (isMissing(error))
        throw new JobError('E_JOURNAL_CORRUPT', `segment ${path} is missing`, { cause: error })
      throw storageError(error, path)
    }
    this.#bufferBytes = this.#read(0, FILE_HEADER_BYTES, 0)
    const header = decodeFileHeader(this.#buffer.subarray(0, this.#bufferBytes))
    if (typeof header === 'string') {
      closeSync(this.#file)
      const code = header === 'newer version' ? 'E_VERSION' : 'E_JOURNAL_CORRUPT'
      throw new JobError(code, `segment ${path}: ${header}`)
    }
    this.layout = header.layout
    this.runId = header.runId
    this.segmentId = header.segmentId
    this.rows = new RowView(header.layout)
  }

  /** Byte offset after the last frame that was read. */
  get position(): number {
    return this.#position
  }

  /** Byte offset of the frame that {@link rows} shows. */
  get frameAt(): number {
    return this.#frameAt
  }

  /** Bytes of the frame that {@link rows} shows. */
  get frameBytes(): number {
    return this.#position - this.#frameAt
  }

  /** @param position A frame's offset, as {@link position} or {@link frameAt} gave it. */
  seek(position: number): void {
    if (position === this.#position) return
    this.#position = Math.max(position, FILE_HEADER_BYTES)
    this.#nextSequence = this.#position === FILE_HEADER_BYTES ? 0 : null
  }

  /**
   * Moves {@link rows} to the next frame.
   *
   * @param committedBytes Length up to which the file is whole.
   * @returns False when no frame is left below that length.
   */
  next(committedBytes: number): boolean {
    const at = this.#position
    if (at >= committedBytes) return false
    const header = this.#bytes(at, FRAME_HEADER_BYTES, committedBytes)
    const payloadBytes = header.readUInt32LE(4)
    if (header.readUInt16LE(0) !== FRAME_MAGIC) this.#corrupt(at, 'no frame begins here')
    if (payloadBytes > MAX_PAYLOAD_BYTES) this.#corrupt(at, `a frame of ${payloadBytes} bytes`)
    const frame = this.#bytes(at, FRAME_HEADER_BYTES + payloadBytes, committedBytes)
    if (frameChecksum(frame) !== frame.readUInt32LE(16)) this.#corrupt(at, 'checksum differs')
    if (frame[2] !== FRAME_VERSION || frame[3] !== FRAME_TYPE_RECORDS)
      throw new JobError('E_VERSION', `${this.path} holds a frame of a later version at byte ${at}`)
    const sequence = frameSequence(frame)
    if (this.#nextSequence !== null && sequence !== this.#nextSequence)
      this.#corrupt(at, `frame ${sequence} where ${this.#nextSequence} should follow`)
    if (!this.rows.load(frame)) this.#corrupt(at, 'its lengths do not add up')
    this.#nextSequence = sequence + 1
    this.#frameAt = at
    this.#position = at + frame.length
    return true
  }

  close(): void {
    closeSync(this.#file)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** @returns A view of `length` bytes at `at`, valid until the next call. */
  #bytes(at: number, length: number, committedBytes: number): Buffer {
    if (at + length > committedBytes) this.#corrupt(at, 'the frame reaches beyond the committed length')
    const start = at - this.#bufferAt
    if (start >= 0 && start + length <= this.#bufferBytes) return this.#buffer.subarray(start, start + length)
    if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(length)
    this.#bufferAt = at
    this.#bufferBytes = 0
    // Never beyond the committed length: what is there now may be another frame's half.
    const wanted = Math.min(this.#buffer.length, committedBytes - at)
    while (this.#bufferBytes < wanted) {
      const read = this.#read(this.#bufferBytes, wanted - this.#bufferBytes, at + this.#bufferBytes)
      if (read === 0) break
      this.#bufferBytes += read
    }
    if (this.#bufferBytes < length) {
      const { size } = fstatSync(this.#file)
      this.#corrupt(at, `the file ends at byte ${size} although ${committedBytes} are committed`)
    }
    return this.#buffer.subarray(0, length)
  }

  #read(offset: number, length: number, position: number): number {
    try {
      return readSync(this.#file, this.#buffer, offset, length, position)
    } catch (error) {
      throw storageError(error, this.path)
    }
  }

  #corrupt(at: number, why: string): never {
    throw new JobError('E_JOURNAL_CORRUPT', `segment ${this.path} at byte ${at}: ${why}`)
  }
}
