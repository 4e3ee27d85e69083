import type { Records } from '../records/protocol.ts'

/** What was deleted may come back for so long. */
const KEPT_MS = 60 * 60_000

type Ask = <T>(question: (records: Records) => Promise<T>) => Promise<T>

/** Runs that were put aside by this engine's views: they come back, or go for good after an hour or with the engine. */
export class TrashKeeper {
  readonly #ask: Ask
  readonly #trashed = new Set<string>()
  #timer: NodeJS.Timeout | null = null
  #hasLooked = false

  constructor(ask: Ask) {
    this.#ask = ask
  }

  async trash(runId: string): Promise<{ readonly runId: string }> {
    const trashed = await this.#ask(records => records.trash(runId))
    this.#trashed.add(trashed.runId)
    this.#timer ??= setInterval(() => void this.purgeOld(), KEPT_MS / 6).unref()
    return trashed
  }

  async restore(runId: string): Promise<{ readonly runId: string }> {
    const restored = await this.#ask(records => records.restore(runId))
    this.#trashed.delete(restored.runId)
    return restored
  }

  /** Removes what a host left behind that ended without a word; looks once. */
  lookOnce(): void {
    if (this.#hasLooked) return
    this.#hasLooked = true
    void this.purgeOld()
  }

  /** What cannot be removed now is removed the next time. */
  async purgeOld(): Promise<void> {
    await this.#ask(records => records.purge({ runIds: [], olderThanMs: KEPT_MS })).catch(() => undefined)
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    if (this.#trashed.size === 0) return
    const runIds = [...this.#trashed]
    await this.#ask(records => records.purge({ runIds, olderThanMs: KEPT_MS })).catch(() => undefined)
  }
}
