import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { JobError } from '../../shared/model/error.ts'
import { storageError } from '../journal/storage-error.ts'
import { safeName } from './safe-name.ts'
import { freeBytesOf } from './storage-meter.ts'
import { Upload } from './upload.ts'
import { folderOfUpload, sweepUploads, uploadsDirectory, type NamedInputs } from './upload-sweep.ts'

/** Most uploads under way at once. */
export const UNFINISHED_UPLOADS = 16

/** What uploads leave free for the runs. */
const RESERVED_BYTES = 2 ** 30

/** An upload of which nothing came for so long is given up, in milliseconds. */
const IDLE_MS = 3_600_000

const ID_BYTES = 18

export interface UploadsParts {
  readonly dataDir: string
  /** Inputs of every run that is kept: what they name is not removed. */
  readonly namedInputs: NamedInputs
  /** Bytes free at a path; the file system's unless given. */
  readonly freeBytes?: (path: string) => Promise<number | null>
}

interface Living {
  readonly upload: Upload
  readonly timer: NodeJS.Timeout
}

/** Files that views stream to the host, each in a folder of its own: `<data folder>/uploads/<id>/<name>`. */
export class Uploads {
  readonly #parts: UploadsParts
  readonly #living = new Map<string, Living>()
  /** Begun, and not among the living yet. */
  #opening = 0
  #isClosed = false
  #sweeping: Promise<void>

  constructor(parts: UploadsParts) {
    this.#parts = parts
    this.#sweeping = this.#sweep()
  }

  /**
   * @param name Any text; the file is named by what is safe of it.
   * @throws JobError `E_LIMIT` when the disk has no room for so many bytes, or too many uploads are under way.
   */
  async begin(name: string, bytes: number): Promise<string> {
    if (this.#isClosed) throw new JobError('E_CANCELLED', 'the engine is closing')
    if (this.#living.size + this.#opening >= UNFINISHED_UPLOADS)
      throw new JobError('E_LIMIT', `${UNFINISHED_UPLOADS} uploads are under way, wait until one has ended`)
    this.#opening += 1
    try {
      return await this.#begin(name, bytes)
    } finally {
      this.#opening -= 1
    }
  }

  async write(uploadId: string, offset: number, bytes: Uint8Array): Promise<void> {
    const { upload, timer } = this.#get(uploadId)
    timer.refresh()
    try {
      await upload.write(offset, bytes)
    } catch (error) {
      // It has removed itself then.
      if (!(error instanceof JobError && error.code === 'E_CONFIG')) this.#forget(uploadId)
      throw error
    }
  }

  /** @returns The path of the file, for the inputs of a job. */
  async end(uploadId: string): Promise<string> {
    const path = await this.#get(uploadId).upload.end()
    this.#forget(uploadId)
    return path
  }

  /** Removes an upload; one that has ended only when no run names it, else it goes with the last one that does. */
  async drop(uploadId: string): Promise<void> {
    const living = this.#living.get(uploadId)
    if (living !== undefined) {
      this.#forget(uploadId)
      return living.upload.drop()
    }
    const folder = folderOfUpload(this.#parts.dataDir, uploadId)
    const inputs = await this.#parts.namedInputs()
    if (inputs.some(input => input.startsWith(folder))) return
    await rm(folder, { recursive: true, force: true })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const living = [...this.#living]
    for (const [uploadId] of living) this.#forget(uploadId)
    await Promise.all(living.map(([, { upload }]) => upload.drop()))
    await this.#sweeping
    this.#sweeping = this.#sweep()
    await this.#sweeping
  }

  async #begin(name: string, bytes: number): Promise<string> {
    const { dataDir, freeBytes = freeBytesOf } = this.#parts
    const directory = uploadsDirectory(dataDir)
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw storageError(error, directory)
    }
    const free = await freeBytes(directory)
    if (free !== null && bytes > free - RESERVED_BYTES - this.#bytesToCome())
      throw new JobError('E_LIMIT', `${bytes} bytes do not fit: ${free} are free, and 1 GiB is left for runs`)
    const uploadId = randomBytes(ID_BYTES).toString('base64url')
    const folder = folderOfUpload(dataDir, uploadId)
    const upload = new Upload({ folder, name: safeName(name), announcedBytes: bytes })
    // Among the living at once: the bytes it announced are not there for another.
    const timer = setTimeout(() => void this.#giveUp(uploadId), IDLE_MS)
    timer.unref()
    this.#living.set(uploadId, { upload, timer })
    try {
      await upload.create()
    } catch (error) {
      this.#forget(uploadId)
      throw error
    }
    return uploadId
  }

  #bytesToCome(): number {
    let bytes = 0
    for (const { upload } of this.#living.values()) bytes += upload.missingBytes
    return bytes
  }

  #get(uploadId: string): Living {
    const living = this.#living.get(uploadId)
    if (living === undefined) throw new JobError('E_NOT_FOUND', `no upload ${uploadId} is under way`)
    return living
  }

  #forget(uploadId: string): void {
    const living = this.#living.get(uploadId)
    if (living === undefined) return
    clearTimeout(living.timer)
    this.#living.delete(uploadId)
  }

  async #giveUp(uploadId: string): Promise<void> {
    const living = this.#living.get(uploadId)
    this.#forget(uploadId)
    // What cannot be removed now is removed by a later sweep.
    await living?.upload.drop().catch(() => undefined)
  }

  #sweep(): Promise<void> {
    const { dataDir, namedInputs } = this.#parts
    return sweepUploads({ dataDir, namedInputs, isLiving: uploadId => this.#living.has(uploadId) })
  }
}
