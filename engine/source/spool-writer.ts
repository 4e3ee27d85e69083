import { closeSync, fsync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { JobError } from '../../shared/model/error.ts'
import type { Refusal } from './cursor.ts'
import { Feed } from './feed.ts'
import type { RecordSink } from './source.ts'
import { LENGTH_BYTES, frameHead, type SpoolCopy } from './spool.ts'

const END = Buffer.alloc(LENGTH_BYTES)

/** A parser that never waits lets others have the thread after this time, in milliseconds. */
const TURN_MS = 10

const sync = promisify(fsync)

/**
 * Writes a copy frame by frame, for others to read while it grows: until {@link end} or {@link break}, one of which must
 * follow.
 */
export class SpoolFile implements SpoolCopy {
  readonly file: string
  readonly #descriptor: number
  #length = 0
  #isWhole = false
  #problem: { readonly error: Error } | null = null
  #growth: PromiseWithResolvers<void> | null = null

  /** Replaces the file. @throws JobError when it cannot be created. */
  constructor(file: string) {
    this.file = file
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      this.#descriptor = openSync(file, 'w', 0o600)
    } catch (error) {
      throw unwritable(error, file)
    }
  }

  get length(): number {
    return this.#length
  }

  /** Why the copy cannot go on; `null` as a rule. */
  get error(): Error | null {
    return this.#problem?.error ?? null
  }

  /** A frame that cannot be written is noted in {@link error}. An empty one is not written: it would look like the end. */
  write(frame: Uint8Array): void {
    if (this.#problem !== null || frame.length === 0) return
    const bytes = Buffer.concat([frameHead(frame), frame])
    try {
      this.#writeAll(bytes)
      this.#length += bytes.length
    } catch (error) {
      // A timer may have flushed, so there is nobody to throw at.
      this.#problem = { error: unwritable(error, this.file) }
    }
    this.#tell()
  }

  /** Notes that the input was read to its end, once everything before is safe on the disk. */
  async end(): Promise<void> {
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

  /** The rest of the input cannot be had; what came before is kept. */
  break(error: Error): void {
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

  #writeAll(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at)
  }

  #tell(): void {
    this.#growth?.resolve()
    this.#growth = null
  }
}

/**
 * Takes records as fast as they come and writes them into a copy; an incomplete frame is written after 20 ms.
 *
 * After {@link stop}, `add` rejects with `E_CANCELLED`.
 */
export class SpoolWriter extends SpoolFile implements RecordSink {
  readonly #packer = new Feed(({ payload }) => this.write(payload), null)
  #turnAtMs = performance.now()
  #isTurnDue = false

  constructor(file: string) {
    super(file)
    this.#packer.credit(Infinity)
  }

  /** @throws JobError `E_DISK_FULL` or `E_SRC_IO` when the copy cannot be written. */
  add(value: string, line: number, refusal: Refusal | null): Promise<void> | null {
    if (this.error !== null) return Promise.reject(this.error)
    const stopped = this.#packer.add(value, line, refusal)
    if (stopped !== null) return stopped
    return this.#isTurnDue ? this.#takeTurn() : null
  }

  stop(): void {
    this.#packer.stop()
  }

  override write(payload: Uint8Array): void {
    super.write(payload)
    this.#isTurnDue = performance.now() - this.#turnAtMs > TURN_MS
  }

  override async end(): Promise<void> {
    this.#packer.flush()
    await super.end()
  }

  override break(error: Error): void {
    this.#packer.flush()
    super.break(error)
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
