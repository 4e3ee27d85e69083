import type { JobError } from '../../shared/model/error.ts'
import type { RecordLayout } from '../../shared/model/record-layout.ts'
import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FrameBuilder } from './frame-builder.ts'
import { FILE_HEADER_BYTES, encodeFileHeader } from './segment-format.ts'
import { storageError, writeError } from './storage-error.ts'
import { syncDirectory } from './sync-directory.ts'

export interface SegmentTarget {
  /** Must not exist: every incarnation of a worker writes a file of its own. */
  readonly path: string
  readonly layout: RecordLayout
  readonly runId: string
  readonly segmentId: number
}

/**
 * Appends records to a segment file of its own.
 *
 * Records go into the frame being built while earlier frames are being written, so {@link append} never waits.
 * What failed to be written stays queued and is tried again by the next {@link sync}; only a failed sync of the disk
 * is final, because the system may have dropped the bytes it could not write.
 */
export class SegmentWriter implements AsyncDisposable {
  readonly #path: string
  readonly #file: FileHandle
  readonly #builder: FrameBuilder
  readonly #queue: Buffer[] = []
  #sequence = 0
  #sealedBytes = FILE_HEADER_BYTES
  #writtenBytes = FILE_HEADER_BYTES
  #durableBytes = 0
  /** Bytes of the queue's first frame that are written. */
  #headBytes = 0
  #writing: Promise<void> | null = null
  /** Why the file can never be trusted again. */
  #broken: JobError | null = null
  #isClosed = false

  private constructor(target: SegmentTarget, file: FileHandle) {
    this.#path = target.path
    this.#file = file
    this.#builder = new FrameBuilder(target.layout)
  }

  /** @throws JobError `E_DISK_FULL` or `E_SRC_IO`, also when the file exists. */
  static async open(target: SegmentTarget): Promise<SegmentWriter> {
    try {
      const file = await open(target.path, 'wx', 0o600)
      await file.write(encodeFileHeader(target), 0, FILE_HEADER_BYTES, 0)
      // The name must outlive a power loss before the journal may speak of the file.
      await syncDirectory(dirname(target.path))
      return new SegmentWriter(target, file)
    } catch (error) {
      throw storageError(error, target.path)
    }
  }

  /** Bytes appended but not yet handed to the system; what a worker bounds to keep its memory flat. */
  get pendingBytes(): number {
    return this.#sealedBytes - this.#writtenBytes + this.#builder.bytes
  }

  /** @param numbers One value a number column; NaN where a float is absent. @param strings One a string column. */
  append(numbers: Float64Array, strings: readonly (string | null)[]): void {
    this.#builder.append(numbers, strings)
    if (!this.#builder.isFull) return
    this.seal()
    // A failure leaves the frame queued, and the next sync meets it again and reports it.
    this.#write().catch(() => undefined)
  }

  /** Closes the frame being built. @returns The file's length in bytes with everything appended so far. */
  seal(): number {
    if (this.#builder.count > 0) {
      const frame = this.#builder.seal(this.#sequence)
      this.#sequence += 1
      this.#sealedBytes += frame.length
      this.#queue.push(frame)
    }
    return this.#sealedBytes
  }

  /**
   * Makes the file durable up to `target` bytes; appends may go on meanwhile.
   *
   * @param target What {@link seal} returned; everything appended so far when it is left out.
   * @returns The target.
   * @throws JobError `E_DISK_FULL` or `E_SRC_IO`; nothing is lost, a later sync tries again.
   */
  async sync(target = this.seal()): Promise<number> {
    try {
      if (this.#broken !== null) throw this.#broken
      while (this.#writtenBytes < target) await this.#write()
      if (this.#durableBytes < target) await this.#syncFile()
    } catch (error) {
      throw writeError(error, this.#path, target - this.#writtenBytes)
    }
    this.#durableBytes = Math.max(this.#durableBytes, target)
    return target
  }

  /** Closes the file; what was not synced is lost, as it would be in a crash. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#writing?.catch(() => undefined)
    await this.#file.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeQueue().finally(() => (this.#writing = null))
    return this.#writing
  }

  async #writeQueue(): Promise<void> {
    for (let frame = this.#queue[0]; frame !== undefined && !this.#isClosed; frame = this.#queue[0]) {
      while (this.#headBytes < frame.length) {
        const left = frame.length - this.#headBytes
        const { bytesWritten } = await this.#file.write(frame, this.#headBytes, left, this.#writtenBytes)
        this.#headBytes += bytesWritten
        this.#writtenBytes += bytesWritten
      }
      this.#headBytes = 0
      this.#queue.shift()
      this.#builder.recycle(frame)
    }
  }

  async #syncFile(): Promise<void> {
    try {
      await this.#file.datasync()
    } catch (error) {
      this.#broken = storageError(error, this.#path)
      throw this.#broken
    }
  }
}
