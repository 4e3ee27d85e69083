import { failureOf, type Failure } from '../../shared/model/error.ts'
import { PHASE, type Phase } from '../../shared/model/run.ts'
import type { Finished, Records } from '../records/protocol.ts'
import type { Committer } from './committer.ts'
import { isPassing, type Patience } from './patience.ts'

/** How long a stop waits for outputs that are being completed. */
const OUTPUTS_MS = 5_000
/** What waits for a destination at the end tries again this often. */
const RETRY_MS = 1_000

interface CompletionParts {
  readonly records: Pick<Records, 'finish'>
  readonly committer: Pick<Committer, 'flush'>
  readonly patience: Pick<Patience, 'goesOn'>
  /** Resolves when nobody can write any more what must be whole. */
  readonly isQuiet: Promise<void>
  /** Whether the outputs are still wanted. */
  readonly isFinishing: () => boolean
  /** @returns Whether to go on trying. */
  readonly onStalled: (failure: Failure, sinceMs: number) => boolean
  /** A stop was asked, and there is no more time. */
  readonly onAbandoned: () => void
  readonly nowMs: () => number
}

/** The end of a run whose tasks are all settled: its outputs become whole. */
export class Completion {
  readonly #parts: CompletionParts
  #timer: NodeJS.Timeout | null = null

  constructor(parts: CompletionParts) {
    this.#parts = parts
  }

  /**
   * @returns `null` when it is not wanted any more.
   * @throws JobError when the journal or an output cannot be completed.
   */
  async complete(): Promise<Finished | null> {
    const { committer, isQuiet, isFinishing } = this.#parts
    await committer.flush('full')
    await isQuiet
    return isFinishing() ? await this.#finish() : null
  }

  /** Whoever reads the results may stand still: a stop waits for that only as long as for tasks in flight. */
  hurry(phase: Phase): void {
    this.close()
    this.#timer = setTimeout(this.#parts.onAbandoned, phase >= PHASE.abort ? 0 : OUTPUTS_MS)
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** A destination that is gone at this moment, or a full disk, is waited for. */
  async #finish(): Promise<Finished> {
    const { records, patience, isFinishing, onStalled, nowMs } = this.#parts
    const startedAtMs = nowMs()
    for (;;) {
      try {
        const finished = await records.finish()
        patience.goesOn('finish')
        return finished
      } catch (error) {
        const failure = failureOf(error)
        if (!isPassing(failure.code) || !onStalled(failure, nowMs() - startedAtMs)) throw error
        await new Promise(resolve => setTimeout(resolve, RETRY_MS))
        if (!isFinishing()) throw error
      }
    }
  }
}
