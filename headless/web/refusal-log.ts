import type { ErrorCode } from '../../shared/model/error.ts'
import type { Refusal } from './refusal.ts'

const QUIET_MS = 60_000

/** Tells of refused requests: each kind once a minute at most, and never with anything that the caller sent. */
export class RefusalLog {
  readonly #write: (refused: Refusal, suppressed: number) => void
  readonly #nowMs: () => number
  readonly #kinds = new Map<ErrorCode, { toldMs: number; suppressed: number }>()

  /** @param write `suppressed` is how many of the kind were not told since the last that was. */
  constructor(write: (refused: Refusal, suppressed: number) => void, nowMs: () => number) {
    this.#write = write
    this.#nowMs = nowMs
  }

  note(refused: Refusal): void {
    const nowMs = this.#nowMs()
    const kind = this.#kinds.get(refused.code)
    if (kind !== undefined && nowMs - kind.toldMs < QUIET_MS) {
      kind.suppressed += 1
      return
    }
    this.#kinds.set(refused.code, { toldMs: nowMs, suppressed: 0 })
    this.#write(refused, kind?.suppressed ?? 0)
  }
}
