/** Most different hosts of one table. */
export const HOSTS_LIMIT = 2_000_000
/** What a host costs beside the characters of its name, roughly. */
const HOST_BYTES = 96

const COLON = 0x3a
const SLASH = 0x2f
const AT = 0x40

/** Numbers for hosts, so that a row keeps four bytes: 0 is no host. Names are in lower case. */
export class HostNames {
  readonly #names: string[] = ['']
  readonly #numbers = new Map<string, number>([['', 0]])
  #bytes = 0
  /** The URL before, as far as it was looked at: most URLs in a row have the same host. */
  #last: Uint8Array = Buffer.allocUnsafeSlow(512)
  #lastLength = 0
  #lastNumber = 0

  /** How many numbers are given, 0 included. */
  get count(): number {
    return this.#names.length
  }

  /** Memory that names take, roughly. */
  get bytes(): number {
    return this.#bytes
  }

  get isFull(): boolean {
    return this.#names.length >= HOSTS_LIMIT
  }

  nameOf(number: number): string {
    return this.#names[number] ?? ''
  }

  /** @returns -1 for a host that no row has. */
  numberOf(name: string): number {
    return this.#numbers.get(name.toLowerCase()) ?? -1
  }

  /** @returns The number of the host that the URL in `bytes[start, end)` names, as the URL has it: with a port that it states. */
  add(bytes: Buffer, start: number, end: number): number {
    if (this.#isSameAsLast(bytes, start, end)) return this.#lastNumber
    const from = authorityOf(bytes, start, end)
    const to = from < 0 ? -1 : endOfAuthority(bytes, from, end)
    const name = from < 0 ? unusualHost(bytes, start, end) : hostIn(bytes, from, to)
    const number = this.#numberFor(name)
    // Together with the sign that ends it, or the next host may only begin alike.
    const length = to < 0 || to >= end ? 0 : to + 1 - start
    this.#lastLength = length <= this.#last.length ? length : 0
    for (let at = 0; at < this.#lastLength; at += 1) this.#last[at] = bytes[start + at]!
    this.#lastNumber = number
    return number
  }

  #isSameAsLast(bytes: Buffer, start: number, end: number): boolean {
    const length = this.#lastLength
    if (length === 0 || end - start < length) return false
    const last = this.#last
    for (let at = length - 1; at >= 0; at -= 1) if (bytes[start + at] !== last[at]) return false
    return true
  }

  #numberFor(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = this.#names.length
    this.#names.push(name)
    this.#numbers.set(name, number)
    this.#bytes += HOST_BYTES + 2 * name.length
    return number
  }
}

/** Longest scheme that is looked for. */
const SCHEME_BYTES = 16

/** @returns Where the authority of the URL begins; -1 where it is not written as `scheme://`. */
function authorityOf(bytes: Buffer, start: number, end: number): number {
  const stop = Math.min(end - 2, start + SCHEME_BYTES)
  for (let at = start; at < stop; at += 1)
    if (bytes[at] === COLON) return bytes[at + 1] === SLASH && bytes[at + 2] === SLASH ? at + 3 : -1
  return -1
}

const ENDS_AUTHORITY = Uint8Array.from({ length: 256 }, (_, byte) =>
  '/\\?#'.includes(String.fromCharCode(byte)) ? 1 : 0,
)

function endOfAuthority(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && ENDS_AUTHORITY[bytes[at]!] === 0) at += 1
  return at
}

function hostIn(bytes: Buffer, from: number, to: number): string {
  let start = from
  for (let at = from; at < to; at += 1) if (bytes[at] === AT) start = at + 1
  return bytes.toString('utf8', start, to).toLowerCase()
}

/** `HTTP:\\host`, `http:/host` and what else a browser understands. */
const unusualHost = (bytes: Buffer, start: number, end: number): string =>
  URL.parse(bytes.toString('utf8', start, end))?.host ?? ''
