/** Longest time a host is held for one answer, in milliseconds; the task that got the answer waits by itself. */
const LONGEST_HOLD_MS = 60_000
/** So many holds in a row did not help: from then on only tasks that were refused wait. */
const HOLDS_IN_VAIN = 10
/** Without a word of the server, so many refusals in a row mean the host and not a page of it. */
const REFUSALS_IN_A_ROW = 10

/** An answer that says: not now. */
export interface Refused {
  readonly status: number
  /** What `Retry-After` asks for, in milliseconds; 0 for nothing. */
  readonly askedMs: number
  /** How long the task itself waits, in milliseconds. */
  readonly waitMs: number
}

/** Statuses by which a host says that it is asked too much. */
export const isRefusal = (status: number): boolean => status === 429 || status === 503

interface RefusingHost {
  refusals: number
  holds: number
  untilMs: number
}

/**
 * Decides when a whole host is left alone, not only the task that it refused: after 429, after `Retry-After`, and after
 * many refusals in a row. Counts what one worker hears; the hold is for the run.
 */
export class HostBackoff {
  readonly #hosts = new Map<string, RefusingHost>()

  /** @returns Until when no task may start at the host; 0 when others may go on. */
  refused(host: string, { status, askedMs, waitMs }: Refused, nowMs: number): number {
    const known = this.#hosts.get(host)
    const state = known ?? { refusals: 0, holds: 0, untilMs: 0 }
    if (known === undefined) this.#hosts.set(host, state)
    state.refusals += 1
    const isOfHost = status === 429 || askedMs > 0 || state.refusals >= REFUSALS_IN_A_ROW
    if (!isOfHost) return 0
    // What was in flight when the hold began is refused as well, and is no new sign.
    if (state.untilMs <= nowMs) state.holds += 1
    if (state.holds > HOLDS_IN_VAIN) return 0
    state.untilMs = Math.max(state.untilMs, nowMs + Math.min(LONGEST_HOLD_MS, waitMs))
    return state.untilMs
  }

  /** The host answers. */
  answered(host: string): void {
    if (this.#hosts.size > 0) this.#hosts.delete(host)
  }
}
