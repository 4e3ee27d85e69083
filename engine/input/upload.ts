import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { JobError } from '../../shared/model/error.ts'
import { storageError } from '../journal/storage-error.ts'

/** Begins the name of a file that is not complete; safe names begin with no dot. */
export const UNFINISHED = '.part-'

export interface UploadParts {
  /** Its own; made here, for nobody but this user. */
  readonly folder: string
  /** Already safe. */
  readonly name: string
  readonly announcedBytes: number
}

/** One file on its way into the data folder. Pieces are written one after the other, in the order of the calls. */
export class Upload {
  readonly #parts: UploadParts
  #file: FileHandle | null = null
  #writtenBytes = 0
  #last: Promise<unknown> = Promise.resolve()
  #isGone = false

  constructor(parts: UploadParts) {
    this.#parts = parts
  }

  /** Bytes that were announced and are still to come. */
  get missingBytes(): number {
    return this.#parts.announcedBytes - this.#writtenBytes
  }

  /** @throws JobError `E_DISK_FULL`, or `E_SRC_IO` when its file cannot be made. */
  create(): Promise<void> {
    return this.#next(async () => {
      const { folder } = this.#parts
      await mkdir(folder, { recursive: true, mode: 0o700 })
      this.#file = await open(this.#unfinishedPath, 'wx', 0o600)
    })
  }

  /**
   * @throws JobError `E_CONFIG` unless `offset` is where the piece before ended, `E_LIMIT` beyond what was announced,
   *   `E_DISK_FULL`; after the last two nothing of it is left.
   */
  write(offset: number, bytes: Uint8Array): Promise<void> {
    return this.#next(async file => {
      const { announcedBytes, name } = this.#parts
      if (offset !== this.#writtenBytes)
        throw new JobError('E_CONFIG', `${name} goes on at byte ${this.#writtenBytes}, not at ${offset}`)
      if (offset + bytes.byteLength > announcedBytes)
        throw new JobError(
          'E_LIMIT',
          `${name} was announced with ${announcedBytes} bytes, and there are more`,
        )
      for (let at = 0; at < bytes.byteLength;) {
        const { bytesWritten } = await file.write(bytes, at, bytes.byteLength - at, offset + at)
        at += bytesWritten
      }
      this.#writtenBytes += bytes.byteLength
    })
  }

  /** @returns The path of the complete file. @throws JobError `E_CONFIG` when bytes are missing. */
  end(): Promise<string> {
    return this.#next(async file => {
      const { announcedBytes, folder, name } = this.#parts
      if (this.#writtenBytes < announcedBytes)
        throw new JobError('E_CONFIG', `${name} has ${this.#writtenBytes} of ${announcedBytes} bytes`)
      await file.sync()
      this.#file = null
      await file.close()
      const path = join(folder, name)
      await rename(this.#unfinishedPath, path)
      return path
    })
  }

  /** Removes it; nothing happens when it is gone. */
  async drop(): Promise<void> {
    const before = this.#last
    this.#isGone = true
    await before
    await this.#remove()
  }

  get #unfinishedPath(): string {
    return join(this.#parts.folder, UNFINISHED + this.#parts.name)
  }

  #next<T>(step: (file: FileHandle) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#attempt(step))
    this.#last = result.catch(() => undefined)
    return result
  }

  async #attempt<T>(step: (file: FileHandle) => Promise<T>): Promise<T> {
    const { name } = this.#parts
    if (this.#isGone) throw new JobError('E_CANCELLED', `the upload of ${name} was given up`)
    try {
      return await step(this.#file as FileHandle)
    } catch (error) {
      const failure = storageError(error, name)
      if (failure.code === 'E_CONFIG') throw failure
      this.#isGone = true
      await this.#remove()
      throw failure
    }
  }

  async #remove(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.close().catch(() => undefined)
    await rm(this.#parts.folder, { recursive: true, force: true })
  }
}
