import { closeSync, fsync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { JobError } from '../../shared/model/error.ts'
import type { Refusal } from './cursor.ts'
import { Feed } from './feed.ts'
import type { RecordSink } from './source.ts'
import { LENGTH_BYTES, type SpoolCopy } from './spool.ts'

const END = Buffer.alloc(LENGTH_BYTES)

/** A parser that never waits lets others have the thread after this time, in milliseconds. */
const TURN_MS = 10

const sync = promisify(fsync)

/**
 * Takes records as fast as they come and writes them into a copy; an incomplete frame is written after 20 ms.
 *
 * It grows until {@link end} or {@link break}. After {@link stop}, `add` rejects with `E_CANCELLED`, and either of
 * them must still follow.
 */
export class SpoolWriter implements RecordSink, SpoolCopy {
  readonly file: string
  readonly #descriptor: number
  readonly #packer = new Feed(({ payload }) => this.#write(payload), null)
  #length = 0
  #isWhole = false
  #problem: { readonly error: Error } | null = null
  #growth: PromiseWithResolvers<void> | null = null
  #turnAtMs = performance.now()
  #isTurnDue = false

  /** Replaces the file. @throws JobError when it cannot be created. */
  constructor(file: string) {
    this.file = file
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      this.#descriptor = openSync(file, 'w', 0o600)
    } catch (error) {
      throw unwritable(error, file)
    }
    this.#packer.credit(Infinity)
  }

  get length(): number {
    return this.#length
  }

  /** @throws JobError `E_DISK_FULL` or `E_SRC_IO` when the copy cannot be written. */
  add(value: string, line: number, refusal: Refusal | null): Promise<void> | null {
    if (this.#problem !== null) return Promise.reject(this.#problem.error)
    const stopped = this.#packer.add(value, line, refusal)
    if (stopped !== null) return stopped
    return this.#isTurnDue ? this.#takeTurn() : null
  }

  stop(): void {
    this.#packer.stop()
  }

  /** Notes that the input was read to its end, once everything before is safe on the disk. */
  async end(): Promise<void> {
    this.#packer.flush()
    if (this.#problem !== null) throw this.#problem.error
    try {
      // In this order a copy that looks whole after a power failure is whole.
      await sync(this.#descriptor)
      this.#writeAll(END)
      await sync(this.#descriptor)
    } catch (error) {
      throw unwritable(error, this.file)
    }
    this.#isWhole = true
    this.#tell()
  }

  /** The rest of the input cannot be had; the records before are kept. */
  break(error: Error): void {
    this.#packer.flush()
    this.#problem ??= { error }
    this.#tell()
  }

  async growsBeyond(length: number): Promise<boolean> {
    while (this.#length <= length) {
      if (this.#isWhole) return false
      if (this.#problem !== null) throw this.#problem.error
      this.#growth ??= Promise.withResolvers<void>()
      await this.#growth.promise
    }
    return true
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #write(payload: Uint8Array): void {
    if (this.#problem !== null) return
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32LE(payload.length)
    try {
      this.#writeAll(Buffer.concat([length, payload]))
      this.#length += LENGTH_BYTES + payload.length
    } catch (error) {
      // A timer may have flushed, so there is nobody to throw at.
      this.#problem = { error: unwritable(error, this.file) }
    }
    this.#isTurnDue = performance.now() - this.#turnAtMs > TURN_MS
    this.#tell()
  }

  #writeAll(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at)
  }

  #tell(): void {
    this.#growth?.resolve()
    this.#growth = null
  }

  async #takeTurn(): Promise<void> {
    await setImmediate()
    this.#turnAtMs = performance.now()
    this.#isTurnDue = false
  }
}

function unwritable(error: unknown, file: string): JobError {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new JobError('E_DISK_FULL', `no space left for the copy of the input, ${file}`, { cause: error })
    : new JobError('E_SRC_IO', `cannot copy the input to ${file}: ${message}`, { cause: error })
}
