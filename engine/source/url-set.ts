import { JobError } from '../../shared/model/error.ts'
import { UNIQUE_URLS } from './limits.ts'

const FIRST_SLOTS = 4_096
/** Slots are added at this fill and grow by half, so that a URL takes 10 to 15 bytes, and 25 while they grow. */
const FULL_RATIO = 0.8
const GROWTH = 1.5

/**
 * Remembers which URLs were seen, as 64-bit hashes in an open-addressing table. Two different URLs among n are taken
 * for one with a probability of about n² / 2^65: three in a million for ten million URLs.
 */
export class UrlSet {
  #low = new Uint32Array(FIRST_SLOTS)
  #high = new Uint32Array(FIRST_SLOTS)
  #size = 0

  get size(): number {
    return this.#size
  }

  /**
   * @param url Compared as WHATWG normalises it, without its fragment; what is no URL is never a duplicate.
   * @returns False when it was added before. @throws JobError `E_LIMIT` beyond {@link UNIQUE_URLS}.
   */
  add(url: string): boolean {
    const parsed = URL.parse(url)
    if (parsed === null) return true
    parsed.hash = ''
    const { href } = parsed
    return this.#insert(murmur(href), fnv(href))
  }

  #insert(low: number, high: number): boolean {
    // The pair 0, 0 marks a free slot.
    const stored = low === 0 && high === 0 ? 1 : low
    const at = this.#slotOf(stored, high)
    if (this.#low[at] !== 0 || this.#high[at] !== 0) return false
    if (this.#size >= UNIQUE_URLS)
      throw new JobError('E_LIMIT', `--unique remembers at most ${UNIQUE_URLS} different URLs`)
    this.#low[at] = stored
    this.#high[at] = high
    this.#size += 1
    if (this.#size > this.#low.length * FULL_RATIO) this.#grow()
    return true
  }

  /** @returns The slot that holds the pair, or the free one where it belongs. */
  #slotOf(low: number, high: number): number {
    const slots = this.#low.length
    let at = Math.floor((high / 2 ** 32) * slots)
    while (
      (this.#low[at] !== low || this.#high[at] !== high) &&
      (this.#low[at] !== 0 || this.#high[at] !== 0)
    )
      at = at + 1 === slots ? 0 : at + 1
    return at
  }

  #grow(): void {
    const low = this.#low
    const high = this.#high
    const slots = Math.ceil(low.length * GROWTH)
    this.#low = new Uint32Array(slots)
    this.#high = new Uint32Array(slots)
    for (let at = 0; at < low.length; at += 1) {
      const lowHash = low[at] as number
      const highHash = high[at] as number
      if (lowHash === 0 && highHash === 0) continue
      const slot = this.#slotOf(lowHash, highHash)
      this.#low[slot] = lowHash
      this.#high[slot] = highHash
    }
  }
}

/** MurmurHash3 over UTF-16 units. */
function murmur(text: string): number {
  let state = 0x9747b28c
  for (let at = 0; at < text.length; at += 1) {
    let unit = Math.imul(text.charCodeAt(at), 0xcc9e2d51)
    unit = (unit << 15) | (unit >>> 17)
    state ^= Math.imul(unit, 0x1b873593)
    state = (state << 13) | (state >>> 19)
    state = (Math.imul(state, 5) + 0xe6546b64) | 0
  }
  return avalanche(state ^ text.length)
}

/** FNV-1a over UTF-16 units: built differently, so that what collides in one does not in the other. */
function fnv(text: string): number {
  let state = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
  return avalanche(state)
}

/** Lets every bit of `state` change every bit of the result. */
function avalanche(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
