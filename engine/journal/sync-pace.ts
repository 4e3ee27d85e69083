import { JobError } from '../../shared/model/error.ts'

/** With the time between two commits and that of a slow disk, a power loss costs less than a second of work. */
const SYNC_EVERY_MS = 500

interface PaceParts {
  readonly nowMs: () => number
  /** Takes to the disk what was written since the last sync. */
  readonly sync: () => void
}

/** Sees to it that what is committed in `normal` durability reaches the disk soon, also when no commit follows. */
export class SyncPace {
  readonly #parts: PaceParts
  #syncedAtMs: number
  #timer: NodeJS.Timeout | null = null

  constructor(parts: PaceParts) {
    this.#parts = parts
    this.#syncedAtMs = parts.nowMs()
  }

  /** @returns What the next commit must be. */
  durability(wanted: 'normal' | 'full'): 'normal' | 'full' {
    return this.#parts.nowMs() - this.#syncedAtMs >= SYNC_EVERY_MS ? 'full' : wanted
  }

  committed(durability: 'normal' | 'full'): void {
    if (durability === 'normal') {
      // The process has better reasons to live than this.
      this.#timer ??= setTimeout(() => this.#syncLate(), SYNC_EVERY_MS).unref()
      return
    }
    this.#syncedAtMs = this.#parts.nowMs()
    this.close()
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #syncLate(): void {
    this.#timer = null
    try {
      this.#parts.sync()
    } catch (error) {
      // The next commit meets the same disk, and tells the run.
      if (!(error instanceof JobError)) throw error
    }
  }
}
