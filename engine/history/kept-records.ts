import { JobError } from '../../shared/model/error.ts'
import type { EnginePorts, RecordsLink } from '../ports.ts'
import type { Records } from '../records/protocol.ts'

/** A records worker that nobody asked anything for so long is let go. */
const IDLE_MS = 30_000

interface Kept {
  readonly link: RecordsLink
  /** Questions under way. */
  asked: number
}

/** One records worker for all questions, started with the first. */
export class KeptRecords {
  readonly #start: EnginePorts['startRecords']
  #kept: Kept | null = null
  #idleTimer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor({ startRecords }: Pick<EnginePorts, 'startRecords'>) {
    this.#start = startRecords
  }

  /** @throws JobError `E_CANCELLED` after {@link close}, and what the answer is refused with. */
  async ask<T>(question: (records: Records) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new JobError('E_CANCELLED', 'the engine is closed')
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer)
    this.#kept ??= { link: this.#start(() => undefined), asked: 0 }
    const kept = this.#kept
    kept.asked += 1
    try {
      return await question(kept.link.records)
    } catch (error) {
      // It may have ended: the next question is for another one.
      if (isInternal(error) && this.#kept === kept) this.#kept = null
      throw error
    } finally {
      kept.asked -= 1
      if (kept.asked === 0) await this.#rest(kept)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#letGo()
  }

  async #rest(kept: Kept): Promise<void> {
    if (this.#kept !== kept) return kept.link.close()
    if (this.#isClosed) return
    this.#idleTimer = setTimeout(() => void this.#letGo(), IDLE_MS)
    this.#idleTimer.unref()
  }

  async #letGo(): Promise<void> {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer)
    const kept = this.#kept
    this.#kept = null
    await kept?.link.close()
  }
}

const isInternal = (error: unknown): boolean => !(error instanceof JobError) || error.code === 'E_INTERNAL'
