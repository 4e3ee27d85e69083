import type { ErrorCode } from '../../../shared/model/error.ts'
import type { HttpExchange } from '../http/http-client.ts'
import type { CrawlLimits } from '../http/limits.ts'

export interface DueTimeout {
  readonly code: ErrorCode
  readonly message: string
}

/**
 * When a task must have got how far. Nothing is set per request but numbers: the executor looks at all of its
 * tasks a few times a second, so a limit is noticed one sweep late at most.
 */
export class PhaseClock {
  #timeoutMs = Infinity
  #startMs = 0
  #phaseStartMs = 0
  /** -1 until a sweep first saw the body. */
  #bodyBytes = -1
  #progressMs = 0
  #windowStartMs = 0
  #windowBytes = 0

  start(nowMs: number, timeoutMs: number): void {
    this.#startMs = nowMs
    this.#timeoutMs = timeoutMs
    this.begin(nowMs)
  }

  /** A new phase of the attempt. */
  begin(nowMs: number): void {
    this.#phaseStartMs = nowMs
    this.#bodyBytes = -1
  }

  /** @returns Milliseconds since the phase began. */
  phaseMs(nowMs: number): number {
    return nowMs - this.#phaseStartMs
  }

  /** Takes out time in which nothing could happen: the process stood still, or the task waited for a permit. */
  shift(ms: number): void {
    this.#startMs += ms
    this.#phaseStartMs += ms
    this.#progressMs += ms
    this.#windowStartMs += ms
  }

  /**
   * @param bytes Of the body so far.
   * @param isPaused Whether we keep the server from sending.
   */
  due(
    nowMs: number,
    phase: HttpExchange['phase'] | 'waiting',
    flow: { readonly bytes: number; readonly isPaused: boolean },
    limits: CrawlLimits,
  ): DueTimeout | null {
    if (nowMs - this.#startMs > this.#timeoutMs) {
      return { code: 'E_TIMEOUT_TOTAL', message: `not done within ${this.#timeoutMs} ms (--timeout)` }
    }
    switch (phase) {
      case 'waiting':
        return null
      case 'resolve':
      case 'connect':
      case 'handshake':
        return this.phaseMs(nowMs) > limits.connectMs ? connectTimeout(phase, limits.connectMs) : null
      case 'head':
        return this.phaseMs(nowMs) > limits.headersMs
          ? {
              code: 'E_TIMEOUT_HEADERS',
              message: `no complete response header within ${limits.headersMs} ms`,
            }
          : null
      case 'body':
        return this.#dueBody(nowMs, flow, limits)
    }
  }

  #dueBody(
    nowMs: number,
    { bytes, isPaused }: { readonly bytes: number; readonly isPaused: boolean },
    limits: CrawlLimits,
  ): DueTimeout | null {
    if (this.#bodyBytes < 0) {
      this.#windowStartMs = nowMs
      this.#windowBytes = bytes
    }
    if (bytes !== this.#bodyBytes || isPaused) {
      this.#bodyBytes = bytes
      this.#progressMs = nowMs
    }
    if (nowMs - this.#progressMs > limits.idleMs) {
      return { code: 'E_TIMEOUT_BODY', message: `no byte of the body for ${limits.idleMs} ms` }
    }
    const windowMs = nowMs - this.#windowStartMs
    if (windowMs < limits.rateWindowMs) return null
    const wanted = (limits.minBytesPerSec * windowMs) / 1_000
    if (bytes - this.#windowBytes < wanted && !isPaused) {
      const got = Math.round(((bytes - this.#windowBytes) * 1_000) / windowMs)
      return {
        code: 'E_TOO_SLOW',
        message: `the body came with ${got} B/s over ${limits.rateWindowMs} ms, ${limits.minBytesPerSec} B/s are the least`,
      }
    }
    this.#windowStartMs = nowMs
    this.#windowBytes = bytes
    return null
  }
}

function connectTimeout(phase: 'resolve' | 'connect' | 'handshake', limitMs: number): DueTimeout {
  if (phase === 'resolve') return { code: 'E_DNS', message: `its name was not resolved within ${limitMs} ms` }
  const what = phase === 'handshake' ? 'no TLS handshake' : 'no connection'
  return { code: 'E_CONNECT', message: `${what} within ${limitMs} ms` }
}
