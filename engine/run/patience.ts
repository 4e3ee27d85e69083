import type { ErrorCode, Failure } from '../../shared/model/error.ts'

/** How long is waited where the run was not told, in milliseconds: disks are freed by people who are there. */
const DISK_MS = 60_000
const DESTINATION_MS = 600_000
/** Trouble may be told again for so long after a sign of progress, which was on its way before it began. */
const QUIET_MS = 1_500

const DESTINATION_CODES: readonly ErrorCode[] = ['E_DEST_DOWN', 'E_DEST_FULL', 'E_LOCKED']

/** Whether trouble of this kind may pass by itself. */
export const isPassing = (code: ErrorCode): boolean =>
  code === 'E_DISK_FULL' || DESTINATION_CODES.includes(code)

/** Who waits: a worker, by its position, or the supervisor with something of its own. */
export type Waiter = number | 'journal' | 'finish' | 'opening'

interface PatienceParts {
  /** `null` is the usual patience with each kind of trouble. */
  readonly patienceMs: number | null
  readonly nowMs: () => number
  /** Something waits, for this reason; `null` once nothing does any more. Told once each time. */
  readonly onChange: (reason: string | null) => void
}

/** How long trouble that may pass is waited for, and what is said of it meanwhile. */
export class Patience {
  readonly #parts: PatienceParts
  readonly #waiting = new Map<Waiter, { readonly sinceMs: number; heardAtMs: number }>()

  constructor(parts: PatienceParts) {
    this.#parts = parts
  }

  /**
   * Somebody cannot go on, and tries again; tells it again and again.
   *
   * @param lastedMs For how long already.
   * @returns Whether to go on trying.
   */
  wait(waiter: Waiter, { code, message }: Pick<Failure, 'code' | 'message'>, lastedMs: number): boolean {
    const nowMs = this.#parts.nowMs()
    const isFirst = this.#waiting.size === 0
    const known = this.#waiting.get(waiter)
    // A worker that was started anew meanwhile does not know how long it has been.
    const sinceMs = Math.min(known?.sinceMs ?? Infinity, nowMs - lastedMs)
    this.#waiting.set(waiter, { sinceMs, heardAtMs: nowMs })
    if (isFirst) this.#parts.onChange(message)
    const usualMs = DESTINATION_CODES.includes(code) ? DESTINATION_MS : DISK_MS
    return nowMs - sinceMs <= (this.#parts.patienceMs ?? usualMs)
  }

  /** A sign that it goes on again, unless it was sent before the trouble began. */
  progressed(waiter: Waiter): void {
    const known = this.#waiting.get(waiter)
    if (known !== undefined && this.#parts.nowMs() - known.heardAtMs >= QUIET_MS) this.goesOn(waiter)
  }

  /** It goes on for certain. */
  goesOn(waiter: Waiter): void {
    if (this.#waiting.delete(waiter) && this.#waiting.size === 0) this.#parts.onChange(null)
  }
}
