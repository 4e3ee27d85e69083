import { open, type FileHandle } from 'node:fs/promises'
import { constants } from 'node:fs'
import { isExisting, isMissing, storageError, writeError } from '../journal/storage-error.ts'
import type { OutputState } from '../journal/journal-codec.ts'
import { LineBuffer } from './line-buffer.ts'
import { START, fileExists, type SinkRequest } from './record-sink.ts'

const LINE_FEED = 0x0a
/** Lines are handed over in pieces of about this size: large enough to be fast, small enough to stay flat. */
const PIECE_BYTES = 65_536

/** Where lines go: something that takes bytes in order. */
export interface ByteTarget {
  /** @param position Offset in the file; meaningless for a stream. @returns Bytes taken. */
  write(bytes: Buffer, position: number): Promise<number>
  datasync(): Promise<void>
  close(): Promise<void>
}

/** Bytes that are fetched only when their turn to be written has come. */
export interface LateBytes {
  readonly length: number
  /** @returns At least one byte from `offset` on, which is below {@link length}. */
  read(offset: number): Promise<Buffer>
}

/** Collects lines and writes them in order; what could not be written stays collected. */
export class LineWriter {
  readonly #path: string
  readonly #target: ByteTarget
  #position: number
  /** Where the next line is written; tell by {@link added} when it is. */
  readonly buffer = new LineBuffer()
  readonly #pieces: (Buffer | LateBytes)[] = []
  #pieceBytes = 0
  /** Bytes of the first piece that are written, where it is a late one. */
  #lateBytes = 0

  /** @param position Offset of the next byte. */
  constructor(path: string, target: ByteTarget, position: number) {
    this.#path = path
    this.#target = target
    this.#position = position
  }

  get bufferedBytes(): number {
    return this.#pieceBytes + this.buffer.length
  }

  added(): void {
    if (this.buffer.length >= PIECE_BYTES) this.#cutPiece()
  }

  /** Puts `bytes` behind what was written into {@link buffer} so far. */
  later(bytes: LateBytes): void {
    this.#cutPiece()
    this.#pieces.push(bytes)
    this.#pieceBytes += bytes.length
  }

  async flush(): Promise<void> {
    this.#cutPiece()
    try {
      for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
        await (Buffer.isBuffer(piece) ? this.#write(piece) : this.#writeLate(piece))
      }
    } catch (error) {
      throw isExisting(error) ? fileExists(this.#path) : writeError(error, this.#path, this.#pieceBytes)
    }
  }

  /** @returns Length of the file. */
  async sync(): Promise<number> {
    await this.flush()
    try {
      await this.#target.datasync()
    } catch (error) {
      throw storageError(error, this.#path)
    }
    return this.#position
  }

  async close(): Promise<void> {
    await this.#target.close()
  }

  async #write(piece: Buffer): Promise<void> {
    const written = await this.#put(piece)
    if (written < piece.length) this.#pieces[0] = piece.subarray(written)
    else this.#pieces.shift()
  }

  async #writeLate(piece: LateBytes): Promise<void> {
    this.#lateBytes += await this.#put(await piece.read(this.#lateBytes))
    if (this.#lateBytes < piece.length) return
    this.#lateBytes = 0
    this.#pieces.shift()
  }

  async #put(bytes: Buffer): Promise<number> {
    const written = await this.#target.write(bytes, this.#position)
    this.#position += written
    this.#pieceBytes -= written
    return written
  }

  #cutPiece(): void {
    if (this.buffer.length === 0) return
    const piece = this.buffer.take()
    this.#pieces.push(piece)
    this.#pieceBytes += piece.length
  }
}

/** Opens a file for lines as the request says, or cuts it to where this run had come. */
export async function openLineFile(
  request: SinkRequest,
): Promise<{ target: ByteTarget; state: OutputState }> {
  try {
    return request.resume === null ? await openFirst(request) : await openAgain(request, request.resume)
  } catch (error) {
    if (isExisting(error)) throw fileExists(request.path)
    throw storageError(error, request.path)
  }
}

async function openFirst({ path, mode }: SinkRequest): Promise<{ target: ByteTarget; state: OutputState }> {
  const { O_RDWR, O_CREAT, O_EXCL } = constants
  const file = await open(path, O_RDWR | O_CREAT | (mode === 'create' ? O_EXCL : 0), 0o666)
  if (mode === 'force') await file.truncate(0)
  const baseBytes = mode === 'append' ? await endLine(file) : 0
  return { target: targetOf(file), state: { path, baseBytes, bytes: baseBytes, position: START } }
}

/**
 * A file that became shorter than the journal remembers, or vanished, is derived again from the segments: they hold
 * every record.
 */
async function openAgain(
  { path }: SinkRequest,
  resume: OutputState,
): Promise<{ target: ByteTarget; state: OutputState }> {
  const file = await openOrCreate(path)
  const { size } = await file.stat()
  const isWhole = size >= resume.bytes
  const baseBytes = Math.min(resume.baseBytes, size)
  const bytes = isWhole ? resume.bytes : baseBytes
  await file.truncate(bytes)
  return {
    target: targetOf(file),
    state: { path, baseBytes, bytes, position: isWhole ? resume.position : START },
  }
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if (isMissing(error)) return open(path, 'wx+')
    throw error
  }
}

/** @returns The file's length, after a line that was left open is ended. */
async function endLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat()
  if (size === 0) return 0
  const last = Buffer.alloc(1)
  await file.read(last, 0, 1, size - 1)
  if (last[0] === LINE_FEED) return size
  await file.write('\n', size)
  return size + 1
}

export const targetOf = (file: FileHandle): ByteTarget => ({
  write: async (bytes, position) => (await file.write(bytes, 0, bytes.length, position)).bytesWritten,
  datasync: () => file.datasync(),
  close: () => file.close(),
})
