import { failureOf, type Failure } from '../../shared/model/error.ts'
import type { RunCommit, Records } from '../records/protocol.ts'

const COMMIT_EVERY_MS = 100
const RETRY_MS = 500

interface CommitterParts {
  readonly records: Pick<Records, 'commit'>
  /** @returns Everything that changed since the last call, as one consistent whole. */
  readonly compose: () => Omit<RunCommit, 'durability'>
  /** What was noted before the commit is in the journal now. */
  readonly onCommitted: () => void
  /** The journal cannot be written. @returns Whether to try again. */
  readonly onStalled: (failure: Failure, sinceMs: number) => boolean
  readonly nowMs: () => number
}

/**
 * Writes the run's state into its journal at most ten times a second, one commit at a time, the newest state each
 * time. A commit that fails is tried again as it was, before any later one, since it names bytes and tasks that no
 * later one repeats.
 */
export class Committer {
  readonly #parts: CommitterParts
  #timer: NodeJS.Timeout | null = null
  #underWay: Promise<void> | null = null
  /** The commit that is being written, after those that were given up. */
  readonly #queue: RunCommit[] = []
  #isDue = false
  #committedAtMs = -Infinity
  #isClosed = false

  constructor(parts: CommitterParts) {
    this.#parts = parts
  }

  /** Something changed. */
  note(): void {
    this.#isDue = true
    this.#schedule()
  }

  /** Commits what is noted now, and resolves when it is in the journal. */
  async flush(durability: RunCommit['durability']): Promise<void> {
    let underWay = this.#underWay
    while (underWay !== null) {
      await underWay
      underWay = this.#underWay
    }
    this.#cancelTimer()
    await this.#start(durability)
  }

  close(): void {
    this.#isClosed = true
    this.#cancelTimer()
  }

  #schedule(): void {
    if (this.#isClosed || this.#underWay !== null || this.#timer !== null) return
    const waitMs = this.#committedAtMs + COMMIT_EVERY_MS - this.#parts.nowMs()
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        // The run was told by `onStalled`; there is nobody else to tell.
        this.#start('normal').catch(() => undefined)
      },
      Math.max(0, waitMs),
    )
  }

  #start(durability: RunCommit['durability']): Promise<void> {
    this.#isDue = false
    this.#committedAtMs = this.#parts.nowMs()
    this.#queue.push({ ...this.#parts.compose(), durability })
    const underWay = this.#writeQueue().finally(() => {
      this.#underWay = null
      if (this.#isDue) this.#schedule()
    })
    this.#underWay = underWay
    return underWay
  }

  async #writeQueue(): Promise<void> {
    const startedAtMs = this.#parts.nowMs()
    while (this.#queue.length > 0) {
      try {
        await this.#parts.records.commit(this.#queue[0]!)
        this.#queue.shift()
      } catch (error) {
        if (this.#isClosed) return
        if (!this.#parts.onStalled(failureOf(error), this.#parts.nowMs() - startedAtMs)) throw error
        await new Promise(resolve => setTimeout(resolve, RETRY_MS))
      }
    }
    if (!this.#isClosed) this.#parts.onCommitted()
  }

  #cancelTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
