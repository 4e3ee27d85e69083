import { failureOf, JobError } from '../../shared/model/error.ts'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { OutputState } from '../journal/journal-codec.ts'
import type { Output } from './output.ts'

/** Most milliseconds of reading and formatting before other requests get their turn. */
const SLICE_MS = 8
/** Outputs are synced and their positions recorded this often at most. */
const SYNC_EVERY_MS = 500
/** A destination that failed is tried again this often at most. */
const RETRY_EVERY_MS = 1_000

export interface FollowerPorts {
  readonly nowMs: () => number
  /** Puts positions into the journal; called after the outputs are synced to them. */
  readonly save: (outputs: readonly OutputState[]) => void
  /** An output failed; it is tried again when the run goes on, and by {@link Follower.catchUp}. */
  readonly onFailure: (error: JobError) => void
}

/**
 * Keeps the outputs behind the journal: reads what was committed, in slices, so that a commit never waits long.
 *
 * States: asleep until {@link wake}; following while an output has something to read; waiting to sync when all is
 * read but not yet recorded; stopped by {@link close}.
 */
export class Follower {
  readonly #outputs: readonly Output[]
  readonly #ports: FollowerPorts
  #following: Promise<void> | null = null
  #wakes = 0
  #syncedAtMs = -Infinity
  #retryAtMs = -Infinity
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor(outputs: readonly Output[], ports: FollowerPorts) {
    this.#outputs = outputs
    this.#ports = ports
  }

  /** Committed lengths grew. */
  commit(segments: readonly { readonly id: number; readonly bytes: number }[]): void {
    for (const output of this.#outputs) for (const { id, bytes } of segments) output.pool.commit(id, bytes)
    this.wake()
  }

  /** Goes on following, if it is not at it already. */
  wake(): void {
    if (this.#isClosed || this.#outputs.length === 0) return
    this.#wakes += 1
    this.#following ??= this.#follow().finally(() => (this.#following = null))
  }

  /**
   * Brings every output to what is committed now, synced and recorded.
   *
   * @param end `done`: no record will follow, so that none waits for its turn any longer.
   * @throws JobError what keeps an output from it; may be called again.
   */
  async catchUp(end: 'done' | 'going on'): Promise<void> {
    while (this.#following !== null) await this.#following
    this.#following = this.#catchUp(end).finally(() => (this.#following = null))
    await this.#following
    for (const { failure } of this.#outputs) if (failure !== null) throw failure
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#following
    for (const output of this.#outputs) await output.close()
  }

  async #catchUp(end: 'done' | 'going on'): Promise<void> {
    for (const output of this.#outputs) {
      if (isFinal(output.failure)) continue
      output.failure = null
      await this.#readOn(output)
      if (output.failure !== null) continue
      if (end === 'done') output.flushHeld()
      await this.#attempt(output, () => output.sync())
    }
    this.#save()
  }

  async #follow(): Promise<void> {
    let seen = -1
    while (seen !== this.#wakes && !this.#isClosed) {
      seen = this.#wakes
      for (const output of this.#outputs) if (this.#mayTry(output)) await this.#readOn(output)
      await this.#syncIfDue()
    }
  }

  /** Reads all there is, in slices. */
  async #readOn(output: Output): Promise<void> {
    let hasMore = true
    while (hasMore && !this.#isClosed) {
      const sliceEndMs = this.#ports.nowMs() + SLICE_MS
      await this.#attempt(output, async () => {
        do hasMore = await output.step()
        while (hasMore && this.#ports.nowMs() < sliceEndMs)
      })
      if (output.failure !== null) return
      if (hasMore) {
        await nextTurn()
        await this.#syncIfDue()
      }
    }
  }

  async #syncIfDue(): Promise<void> {
    const unsynced = this.#outputs.filter(output => output.hasUnsynced && this.#mayTry(output))
    if (unsynced.length === 0) return
    const waitMs = this.#syncedAtMs + SYNC_EVERY_MS - this.#ports.nowMs()
    if (waitMs > 0) {
      this.#wakeLater(waitMs)
      return
    }
    for (const output of unsynced) await this.#attempt(output, () => output.sync())
    this.#save()
    this.#syncedAtMs = this.#ports.nowMs()
  }

  #wakeLater(waitMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.wake()
    }, waitMs)
    // The message port keeps the worker alive, not a sync to come.
    this.#timer.unref()
  }

  #mayTry(output: Output): boolean {
    if (output.failure === null) return true
    if (isFinal(output.failure)) return false
    if (this.#ports.nowMs() < this.#retryAtMs) return false
    output.failure = null
    return true
  }

  async #attempt(output: Output, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#fail([output], error)
    }
  }

  #save(): void {
    try {
      this.#ports.save(this.#outputs.map(output => output.state))
    } catch (error) {
      this.#fail(this.#outputs, error)
    }
  }

  #fail(outputs: readonly Output[], error: unknown): void {
    const failure = error instanceof JobError ? error : new JobError('E_INTERNAL', failureOf(error).message)
    for (const output of outputs) output.failure = failure
    this.#retryAtMs = this.#ports.nowMs() + RETRY_EVERY_MS
    this.#ports.onFailure(failure)
  }
}

/** A full disk may be freed; a reader that left does not come back, and what is corrupt stays so. */
const isFinal = (failure: JobError | null): boolean =>
  failure !== null &&
  failure.code !== 'E_DISK_FULL' &&
  failure.code !== 'E_SRC_IO' &&
  failure.code !== 'E_LOCKED'
