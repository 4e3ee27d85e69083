import type { FileHandle } from 'node:fs/promises'
import { failureOf, JobError, type Failure } from '../../shared/model/error.ts'
import { BLOCK_BYTES } from './limits.ts'
import { SharedFiles } from './open-file.ts'
import { sourceError } from './source-error.ts'

const sharedFiles = new SharedFiles()

/** Most bytes asked for a lease of few records whose last byte is unknown, before its records are known. */
const GUESSED_RECORD_BYTES = 128
const SMALLEST_READ_BYTES = 16 * 2 ** 10

/** What takes the bytes. */
interface ByteRoom {
  room(bytes: number): Buffer
  add(bytes: number): void
}

/** The part of a file that is read. */
export interface FilePart {
  readonly path: string
  /** Size when the run began. */
  readonly sizeBytes: number
  readonly byteStart: number
  /** Bytes are read up to here. */
  readonly byteEnd: number
}

/**
 * Reads a part of a file block by block, each while the one before is being used: it begins with the first block, and
 * reads another one at each {@link readOn}. The file is opened once for all who read it in this thread.
 */
export class FileAhead {
  /** A block is under way: what it is read into must not be touched. */
  isReading = true
  /** Why reading stopped; what was read before is good. */
  error: Failure | null = null
  bytesRead = 0
  /** Called when a block has come, or will not. */
  onArrived: (() => void) | null = null
  readonly #part: FilePart
  readonly #into: ByteRoom
  readonly #bytesWanted: (left: number) => number
  readonly #files: SharedFiles
  #handle: FileHandle | null = null
  #position: number
  #isClosed = false

  /** @param bytesWanted Told how many bytes are left, how many to read at once. */
  constructor(
    part: FilePart,
    into: ByteRoom,
    { bytesWanted, files }: { bytesWanted: (left: number) => number; files?: SharedFiles | undefined },
  ) {
    this.#part = part
    this.#into = into
    this.#bytesWanted = bytesWanted
    this.#files = files ?? sharedFiles
    this.#position = part.byteStart
    void this.#run(() => this.#open())
  }

  /** Whether the last block has come. */
  get isAtEnd(): boolean {
    return this.#position >= this.#part.byteEnd
  }

  readOn(): void {
    this.isReading = true
    void this.#run(() => this.#readBlock())
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    // A read under way still uses the descriptor: the file is released when it has ended.
    if (!this.isReading) this.#files.release(this.#part.path)
  }

  async #run(read: () => Promise<void>): Promise<void> {
    const { path } = this.#part
    try {
      await read()
    } catch (error) {
      this.error = failureOf(sourceError(path, error))
    }
    this.isReading = false
    if (this.#isClosed) this.#files.release(path)
    else this.onArrived?.()
  }

  async #open(): Promise<void> {
    const { handle } = await this.#files.acquire(this.#part.path)
    this.#handle = handle
    await this.#readBlock()
  }

  async #readBlock(): Promise<void> {
    const handle = this.#handle
    if (handle === null) return
    const { path, sizeBytes, byteEnd } = this.#part
    let wanted = this.isAtEnd ? 0 : this.#bytesWanted(byteEnd - this.#position)
    while (wanted > 0 && !this.#isClosed) {
      const room = this.#into.room(wanted)
      const { bytesRead } = await handle.read(room, 0, wanted, this.#position)
      if (bytesRead === 0) throw shrunk(path, this.#position, sizeBytes)
      this.#into.add(bytesRead)
      this.#position += bytesRead
      this.bytesRead += bytesRead
      wanted -= bytesRead
    }
  }
}

const shrunk = (path: string, found: number, expected: number): JobError =>
  new JobError('E_SRC_CHANGED', `${path} has ${found} bytes, it had ${expected} when the run began`)

/**
 * @param records Records that are wanted of the rest.
 * @returns How many bytes to read for them where it is not known which is their last.
 */
export const guessBytes = (records: number, left: number): number =>
  Math.min(left, BLOCK_BYTES, Math.max(records * GUESSED_RECORD_BYTES, SMALLEST_READ_BYTES))
