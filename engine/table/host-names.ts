import { LOWER_BYTE } from './lower-case.ts'

/** Most different hosts of one table. */
const HOSTS_LIMIT = 4_000_000
const FIRST_HOSTS = 1_024
const FIRST_BYTES = 32_768
/** What a host takes beside its name: where that ends, its hash, and its share of slots that are half empty. */
const HOST_BYTES = 16

const COLON = 0x3a
const SLASH = 0x2f
const AT = 0x40
/** Longest scheme that is looked for. */
const SCHEME_BYTES = 16
const HASH_START = 0x811c9dc5
const HASH_FACTOR = 0x01000193

const ENDS_AUTHORITY = Uint8Array.from({ length: 256 }, (_, byte) =>
  '/\\?#'.includes(String.fromCharCode(byte)) ? 1 : 0,
)

/**
 * Numbers for hosts, so that a row keeps four bytes: 0 is no host. Names are kept as bytes, in small letters, and found
 * by their hash: a host that is known costs no object.
 */
export class HostNames {
  #names = Buffer.allocUnsafeSlow(FIRST_BYTES)
  /** Of each number, where its name ends. */
  #ends = new Uint32Array(FIRST_HOSTS)
  #hashes = new Uint32Array(FIRST_HOSTS)
  /** Numbers by hash, 0 for an empty slot; twice as many as there is room for numbers. */
  #slots = new Uint32Array(FIRST_HOSTS * 2)
  #count = 1

  /** How many numbers are given, 0 included. */
  get count(): number {
    return this.#count
  }

  /** Memory that names take, roughly. */
  get bytes(): number {
    return this.#ends[this.#count - 1]! + this.#count * HOST_BYTES
  }

  get isFull(): boolean {
    return this.#count >= HOSTS_LIMIT
  }

  nameOf(number: number): string {
    return number === 0 ? '' : this.#names.toString('utf8', this.#ends[number - 1], this.#ends[number])
  }

  /** @returns -1 for a host that no row has. */
  numberOf(name: string): number {
    if (name === '') return 0
    const bytes = Buffer.from(name)
    const hash = hashOf(bytes, 0, bytes.length)
    const number = this.#slots[this.#slotOf(bytes, 0, bytes.length, hash)]!
    return number === 0 ? -1 : number
  }

  /** @returns The number of the host that the URL in `bytes[start, end)` names, as the URL has it: with a port that it states. */
  add(bytes: Buffer, start: number, end: number): number {
    const authority = authorityOf(bytes, start, end)
    if (authority < 0) {
      const host = Buffer.from(unusualHost(bytes, start, end))
      return this.#add(host, 0, host.length)
    }
    let from = authority
    let to = authority
    for (; to < end; to += 1) {
      const byte = bytes[to]!
      if (ENDS_AUTHORITY[byte] === 1) break
      // What stands before it is a user's name.
      if (byte === AT) from = to + 1
    }
    return this.#add(bytes, from, to)
  }

  #add(bytes: Buffer, from: number, to: number): number {
    if (to === from) return 0
    const hash = hashOf(bytes, from, to)
    const slot = this.#slotOf(bytes, from, to, hash)
    const known = this.#slots[slot]!
    if (known !== 0) return known
    const number = this.#count
    this.#grow(to - from)
    const start = this.#ends[number - 1]!
    for (let at = from; at < to; at += 1) this.#names[start + at - from] = LOWER_BYTE[bytes[at]!]!
    this.#ends[number] = start + to - from
    this.#hashes[number] = hash
    this.#slots[slot] = number
    this.#count = number + 1
    if (this.#count === this.#ends.length) this.#spread()
    return number
  }

  /** @returns The slot of this name, or the empty one that it may have. */
  #slotOf(bytes: Buffer, from: number, to: number, hash: number): number {
    const last = this.#slots.length - 1
    let slot = hash & last
    for (let number = this.#slots[slot]!; number !== 0; number = this.#slots[slot]!) {
      if (this.#hashes[number] === hash && this.#isSame(number, bytes, from, to)) return slot
      slot = (slot + 1) & last
    }
    return slot
  }

  #isSame(number: number, bytes: Buffer, from: number, to: number): boolean {
    const start = this.#ends[number - 1]!
    if (this.#ends[number]! - start !== to - from) return false
    const names = this.#names
    for (let at = from; at < to; at += 1)
      if (names[start + at - from] !== LOWER_BYTE[bytes[at]!]) return false
    return true
  }

  /** Makes room for one name of so many bytes. */
  #grow(bytes: number): void {
    const needed = this.#ends[this.#count - 1]! + bytes
    if (needed <= this.#names.length) return
    const names = Buffer.allocUnsafeSlow(Math.max(needed, this.#names.length * 2))
    this.#names.copy(names)
    this.#names = names
  }

  /** Makes room for twice as many numbers. */
  #spread(): void {
    const room = this.#ends.length * 2
    const [ends, hashes] = [new Uint32Array(room), new Uint32Array(room)]
    ends.set(this.#ends)
    hashes.set(this.#hashes)
    this.#ends = ends
    this.#hashes = hashes
    const last = room * 2 - 1
    this.#slots = new Uint32Array(room * 2)
    for (let number = 1; number < this.#count; number += 1) {
      let slot = hashes[number]! & last
      while (this.#slots[slot] !== 0) slot = (slot + 1) & last
      this.#slots[slot] = number
    }
  }
}

/** FNV-1a, stirred so that its low digits depend on all of it. */
function hashOf(bytes: Buffer, from: number, to: number): number {
  let hash = HASH_START
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ LOWER_BYTE[bytes[at]!]!, HASH_FACTOR)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** @returns Where the authority of the URL begins; -1 where it is not written as `scheme://`. */
function authorityOf(bytes: Buffer, start: number, end: number): number {
  const stop = Math.min(end - 2, start + SCHEME_BYTES)
  for (let at = start; at < stop; at += 1)
    if (bytes[at] === COLON) return bytes[at + 1] === SLASH && bytes[at + 2] === SLASH ? at + 3 : -1
  return -1
}

/** `HTTP:\\host`, `http:/host` and what else a browser understands. */
const unusualHost = (bytes: Buffer, start: number, end: number): string =>
  URL.parse(bytes.toString('utf8', start, end))?.host ?? ''
