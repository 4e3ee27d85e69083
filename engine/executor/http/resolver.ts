import { lookup, type LookupAddress } from 'node:dns'
import { isLocalName } from './address-policy.ts'

export type OnResolved = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void

interface Entry {
  addresses: readonly LookupAddress[]
  validUntilMs: number
  waiters: OnResolved[] | null
}

const MOST_ENTRIES = 10_000
const MOST_ADDRESSES = 16
const FALLBACK_POOL = 4
/** What local names mean everywhere, also where the system does not know `*.localhost` (RFC 6761). */
const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

/**
 * Resolves names once for all lanes that want them, and remembers the answer for a short while.
 *
 * The system's resolver blocks a thread of the pool that file and compression work share, so fewer
 * questions are asked at a time than there are threads. Failures are not remembered.
 */
export class Resolver {
  readonly #entries = new Map<string, Entry>()
  readonly #queue: string[] = []
  readonly #nowMs: () => number
  readonly #ageMs: number
  readonly #mostAtOnce: number
  #asking = 0

  constructor(nowMs: () => number, ageMs: number) {
    this.#nowMs = nowMs
    this.#ageMs = ageMs
    const threads = Number.parseInt(process.env['UV_THREADPOOL_SIZE'] ?? '', 10) || FALLBACK_POOL
    this.#mostAtOnce = Math.max(1, threads - 1)
  }

  /** @param onResolved Called once, before this returns when the answer is known; never with an empty success. */
  resolve(hostname: string, onResolved: OnResolved): void {
    if (isLocalName(hostname)) {
      onResolved(null, LOOPBACK)
      return
    }
    const entry = this.#entries.get(hostname)
    if (entry !== undefined) {
      if (entry.waiters !== null) {
        entry.waiters.push(onResolved)
        return
      }
      if (entry.validUntilMs > this.#nowMs()) {
        onResolved(null, entry.addresses)
        return
      }
      this.#entries.delete(hostname)
    }
    this.#entries.set(hostname, { addresses: [], validUntilMs: 0, waiters: [onResolved] })
    this.#queue.push(hostname)
    this.#ask()
  }

  #ask(): void {
    while (this.#asking < this.#mostAtOnce) {
      const hostname = this.#queue.shift()
      if (hostname === undefined) return
      this.#asking += 1
      lookup(hostname, { all: true }, (error, addresses) => {
        this.#asking -= 1
        this.#answered(hostname, error, addresses)
        this.#ask()
      })
    }
  }

  #answered(
    hostname: string,
    error: NodeJS.ErrnoException | null,
    addresses: readonly LookupAddress[],
  ): void {
    const entry = this.#entries.get(hostname)
    const waiters = entry?.waiters ?? []
    if (entry === undefined || error !== null || addresses.length === 0) {
      this.#entries.delete(hostname)
      const failure = error ?? Object.assign(new Error('no address'), { code: 'ENODATA' })
      for (const onResolved of waiters) onResolved(failure, [])
      return
    }
    entry.addresses = addresses.slice(0, MOST_ADDRESSES)
    entry.validUntilMs = this.#nowMs() + this.#ageMs
    entry.waiters = null
    if (this.#entries.size > MOST_ENTRIES) this.#forgetOldest()
    for (const onResolved of waiters) onResolved(null, entry.addresses)
  }

  #forgetOldest(): void {
    for (const [hostname, entry] of this.#entries) {
      if (entry.waiters !== null) continue
      this.#entries.delete(hostname)
      return
    }
  }
}
