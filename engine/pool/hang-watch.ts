import type { Member } from './member.ts'

const CHECK_MS = 1_000

interface HangWatchParts {
  readonly members: () => readonly Member[]
  /** A worker may be silent for so long, in milliseconds. */
  readonly hungAfterMs: () => number
  readonly nowMs: () => number
}

/** Kills workers that were not heard of for too long. */
export class HangWatch {
  readonly #parts: HangWatchParts
  #timer: NodeJS.Timeout | null = null
  #checkedAtMs = 0

  constructor(parts: HangWatchParts) {
    this.#parts = parts
  }

  get isOn(): boolean {
    return this.#timer !== null
  }

  start(): void {
    this.#checkedAtMs = this.#parts.nowMs()
    this.#timer = setInterval(() => this.#check(), CHECK_MS)
    this.#timer.unref()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  #check(): void {
    const { members, hungAfterMs } = this.#parts
    const nowMs = this.#parts.nowMs()
    const sleptMs = nowMs - this.#checkedAtMs - CHECK_MS
    this.#checkedAtMs = nowMs
    // This process itself was stopped or starved: nobody could be heard, so nobody is judged by it.
    if (sleptMs > CHECK_MS) {
      for (const member of members()) member.lastHeardMs = nowMs
      return
    }
    for (const { link, lastHeardMs } of members()) {
      if (link !== null && nowMs - lastHeardMs > hungAfterMs()) link.kill()
    }
  }
}
