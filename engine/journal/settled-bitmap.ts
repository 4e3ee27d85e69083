import { SETTLED_PAGE_BYTES } from '../records/protocol.ts'

const PAGE_TASKS = SETTLED_PAGE_BYTES * 8
const PAGE_SHIFT = Math.log2(PAGE_TASKS)
const PAGE_MASK = PAGE_TASKS - 1
const LARGEST_INDEX = 2 ** 32 - 1

interface Page {
  readonly bits: Uint8Array
  settled: number
  isDirty: boolean
}

const ONES_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0
  for (let rest = byte; rest > 0; rest &= rest - 1) ones += 1
  return ones
})

/** @returns How many of the bits `from` up to, but not including, `to` are set. */
function onesIn(bits: Uint8Array, from: number, to: number): number {
  if (from >= to) return 0
  const firstByte = from >>> 3
  const lastByte = (to - 1) >>> 3
  const head = 0xff & (0xff << (from & 7))
  const tail = 0xff >> (7 - ((to - 1) & 7))
  if (firstByte === lastByte) return ONES_OF_BYTE[bits[firstByte]! & head & tail]!
  let ones = ONES_OF_BYTE[bits[firstByte]! & head]! + ONES_OF_BYTE[bits[lastByte]! & tail]!
  for (let at = firstByte + 1; at < lastByte; at += 1) ones += ONES_OF_BYTE[bits[at]!]!
  return ones
}

export interface SettledPage {
  readonly page: number
  readonly bits: Uint8Array
}

/**
 * Which tasks are settled: one bit a task, in pages of {@link SETTLED_PAGE_BYTES} that come into being when their
 * first task settles. Indexes are whole numbers below 2^32. Bit `k` lies in byte `k >> 3`, lowest bit first.
 */
export class SettledBitmap {
  readonly #pages: (Page | undefined)[] = []
  #dirty: number[] = []
  #count = 0

  /** @param bytes Pages one after another, as {@link toBytes} gives them; none of them is dirty. */
  static fromBytes(bytes: Uint8Array): SettledBitmap {
    const bitmap = new SettledBitmap()
    for (let start = 0; start < bytes.length; start += SETTLED_PAGE_BYTES) {
      const bits = new Uint8Array(SETTLED_PAGE_BYTES)
      bits.set(bytes.subarray(start, start + SETTLED_PAGE_BYTES))
      let settled = 0
      for (const byte of bits) settled += ONES_OF_BYTE[byte]!
      bitmap.#pages.push({ bits, settled, isDirty: false })
      bitmap.#count += settled
    }
    return bitmap
  }

  /** Settled tasks. */
  get count(): number {
    return this.#count
  }

  /** One past the last task that can be settled: the end of the last page. */
  get end(): number {
    return this.#pages.length * PAGE_TASKS
  }

  /** @returns False when the task was settled already: the caller must not count it again. */
  set(index: number): boolean {
    const number = index >>> PAGE_SHIFT
    const page = this.#pages[number] ?? this.#addPage(number, index)
    const byte = (index & PAGE_MASK) >>> 3
    const bit = 1 << (index & 7)
    const before = page.bits[byte]!
    if ((before & bit) !== 0) return false
    page.bits[byte] = before | bit
    page.settled += 1
    this.#count += 1
    this.#markDirty(page, number)
    return true
  }

  /**
   * Settles every task from `first` up to, but not including, `end`.
   *
   * @returns How many of them were not settled before.
   */
  setRange(first: number, end: number): number {
    let added = 0
    for (let from = first; from < end;) {
      const number = Math.floor(from / PAGE_TASKS)
      const to = Math.min(end, (number + 1) * PAGE_TASKS)
      const page = this.#pages[number] ?? this.#addPage(number, to - 1)
      added += this.#fill(page, number, { from: from - number * PAGE_TASKS, to: to - number * PAGE_TASKS })
      from = to
    }
    return added
  }

  /** @returns How many tasks from `first` up to, but not including, `end` are settled. */
  countRange(first: number, end: number): number {
    let count = 0
    for (let from = first; from < end;) {
      const number = Math.floor(from / PAGE_TASKS)
      const to = Math.min(end, (number + 1) * PAGE_TASKS)
      const page = this.#pages[number]
      if (page !== undefined && page.settled === PAGE_TASKS) count += to - from
      else if (page !== undefined && page.settled > 0)
        count += onesIn(page.bits, from - number * PAGE_TASKS, to - number * PAGE_TASKS)
      from = to
    }
    return count
  }

  has(index: number): boolean {
    const page = this.#pages[index >>> PAGE_SHIFT]
    return page !== undefined && (page.bits[(index & PAGE_MASK) >>> 3]! & (1 << (index & 7))) !== 0
  }

  /** @returns The first index at or after `from` that is not settled. */
  nextUnset(from: number): number {
    let index = from
    for (;;) {
      const number = Math.floor(index / PAGE_TASKS)
      const page = this.#pages[number]
      if (page === undefined) return index
      const pageEnd = (number + 1) * PAGE_TASKS
      if (page.settled === PAGE_TASKS) index = pageEnd
      while (index < pageEnd) {
        const byte = page.bits[(index & PAGE_MASK) >>> 3]!
        if ((byte & (1 << (index & 7))) === 0) return index
        index += byte === 0xff ? 8 - (index & 7) : 1
      }
    }
  }

  /** @returns Copies of the pages that changed since the last drain. */
  drainDirtyPages(): SettledPage[] {
    const dirty = this.#dirty
    this.#dirty = []
    return dirty.map(number => {
      const page = this.#pages[number]!
      page.isDirty = false
      return { page: number, bits: page.bits.slice() }
    })
  }

  /**
   * @returns Bit `k` for task `first + k * step`, as long as that is below `end`; `null` when none of them is settled.
   */
  excerpt(first: number, step: number, end: number): Uint8Array | null {
    const length = Math.max(0, Math.ceil((end - first) / step))
    if (step === 1 && this.countRange(first, first + length) === 0) return null
    if (step === 1 && first % 8 === 0) return this.#alignedExcerpt(first, length)
    let bits: Uint8Array | null = null
    for (let k = 0, index = first; k < length; k += 1, index += step) {
      if (!this.has(index)) continue
      bits ??= new Uint8Array(Math.ceil(length / 8))
      bits[k >>> 3]! |= 1 << (k & 7)
    }
    return bits
  }

  /** @returns Every page up to the last one, missing ones as zeros. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#pages.length * SETTLED_PAGE_BYTES)
    this.#pages.forEach((page, number) => {
      if (page !== undefined) bytes.set(page.bits, number * SETTLED_PAGE_BYTES)
    })
    return bytes
  }

  #alignedExcerpt(first: number, length: number): Uint8Array | null {
    let bits: Uint8Array | null = null
    const byteLength = Math.ceil(length / 8)
    for (let at = 0; at < byteLength;) {
      const byte = first / 8 + at
      const inPage = byte % SETTLED_PAGE_BYTES
      const here = Math.min(byteLength - at, SETTLED_PAGE_BYTES - inPage)
      const page = this.#pages[Math.floor(byte / SETTLED_PAGE_BYTES)]
      if (page !== undefined && page.settled > 0) {
        bits ??= new Uint8Array(byteLength)
        bits.set(page.bits.subarray(inPage, inPage + here), at)
      }
      at += here
    }
    if (bits === null) return null
    if (length % 8 !== 0) bits[byteLength - 1]! &= (1 << (length % 8)) - 1
    return bits.some(byte => byte !== 0) ? bits : null
  }

  /** Sets bits `from` to `to` of a page: whole bytes at once. */
  #fill(page: Page, number: number, { from, to }: { from: number; to: number }): number {
    const { bits } = page
    const added = to - from - onesIn(bits, from, to)
    if (added === 0) return 0
    const firstByte = from >>> 3
    const lastByte = (to - 1) >>> 3
    const head = 0xff & (0xff << (from & 7))
    const tail = 0xff >> (7 - ((to - 1) & 7))
    if (firstByte === lastByte) bits[firstByte]! |= head & tail
    else {
      bits[firstByte]! |= head
      bits.fill(0xff, firstByte + 1, lastByte)
      bits[lastByte]! |= tail
    }
    page.settled += added
    this.#count += added
    this.#markDirty(page, number)
    return added
  }

  #markDirty(page: Page, number: number): void {
    if (page.isDirty) return
    page.isDirty = true
    this.#dirty.push(number)
  }

  #addPage(number: number, index: number): Page {
    if (!Number.isInteger(index) || index < 0 || index > LARGEST_INDEX)
      throw new RangeError(`a task's index is a whole number below 2^32, not ${index}`)
    // Holes would turn the array into a dictionary, twenty times slower to read.
    while (this.#pages.length < number) this.#pages.push(undefined)
    const page = { bits: new Uint8Array(SETTLED_PAGE_BYTES), settled: 0, isDirty: false }
    this.#pages[number] = page
    return page
  }
}
