import { isUtf8 } from 'node:buffer'
import type { EncodingName } from '../../shared/model/fields/load.ts'
import { Scratch } from './scratch.ts'

/** What is known of a block of bytes before its records are read. */
export type BlockKind = 'ascii' | 'utf8' | 'unknown'

/** Turns the bytes of one record into UTF-8. Nothing is ever replaced: what cannot be decoded is refused. */
export interface RecordDecoder {
  /** ASCII is stored as itself, so that rows and objects can be read even where some bytes are not valid. */
  readonly isBytewise: boolean
  /**
   * Sets `text`, `start` and `end`, which hold until the next call.
   *
   * @returns The position of the first byte that cannot be decoded, in `[start, end)`; -1 when there is none.
   */
  decode(bytes: Buffer, start: number, end: number): number
  /** Every record until the next call is part of such a block. */
  blockIs(kind: BlockKind): void
  text: Buffer
  start: number
  end: number
}

const NOTHING = Buffer.alloc(0)

export function makeRecordDecoder(encoding: EncodingName): RecordDecoder {
  switch (encoding) {
    case 'utf-8':
      return new Utf8RecordDecoder()
    case 'utf-16le':
      return new Utf16RecordDecoder(0)
    case 'utf-16be':
      return new Utf16RecordDecoder(1)
    case 'gb18030':
      return new Gb18030RecordDecoder()
  }
}

class Utf8RecordDecoder implements RecordDecoder {
  readonly isBytewise = true
  text: Buffer = NOTHING
  start = 0
  end = 0
  #isKnownValid = false

  blockIs(kind: BlockKind): void {
    this.#isKnownValid = kind !== 'unknown'
  }

  decode(bytes: Buffer, start: number, end: number): number {
    this.text = bytes
    this.start = start
    this.end = end
    if (this.#isKnownValid || isUtf8(bytes.subarray(start, end))) return -1
    return start + firstInvalidUtf8(bytes.subarray(start, end))
  }
}

/** Bytes that are decoded at once while the first wrong one is searched. */
const SEARCH_BYTES = 4_096

/** @returns The position of the first byte that begins no valid character; -1 when all are valid. */
export function firstInvalidUtf8(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length) {
    const end = characterStart(bytes, Math.min(at + SEARCH_BYTES, bytes.length))
    if (end > at && isUtf8(bytes.subarray(at, end))) {
      at = end
      continue
    }
    const stop = Math.min(at + SEARCH_BYTES, bytes.length)
    while (at < stop) {
      const width = widthOfUtf8(bytes, at)
      if (width === 0) return at
      at += width
    }
  }
  return -1
}

/** @returns `at`, or up to three bytes before it, so that no character is cut. */
function characterStart(bytes: Buffer, at: number): number {
  if (at === bytes.length) return at
  let start = at
  while (start > at - 3 && start > 0 && ((bytes[start] as number) & 0xc0) === 0x80) start -= 1
  return start
}

/** @returns How many bytes the character at `at` has; 0 when there is no valid one. */
function widthOfUtf8(bytes: Buffer, at: number): number {
  for (let width = 1; width <= 4 && at + width <= bytes.length; width += 1)
    if (isUtf8(bytes.subarray(at, at + width))) return width
  return 0
}

class Utf16RecordDecoder implements RecordDecoder {
  readonly isBytewise = false
  text: Buffer = NOTHING
  readonly start = 0
  end = 0
  readonly #scratch = new Scratch()
  /** Position of a unit's high byte: 0 or 1 from the unit's first byte. */
  readonly #highAt: 0 | 1
  readonly #lowAt: 0 | 1

  /** @param isBigEndian 1 when the high byte of a unit comes first. */
  constructor(isBigEndian: 0 | 1) {
    this.#highAt = isBigEndian === 1 ? 0 : 1
    this.#lowAt = isBigEndian
  }

  blockIs(): void {
    // Says nothing of bytes that come in pairs.
  }

  decode(bytes: Buffer, start: number, end: number): number {
    // A unit of two bytes takes at most three in UTF-8.
    const into = this.#scratch.room(((end - start) >> 1) * 3)
    const lowAt = this.#lowAt
    const highAt = this.#highAt
    this.text = into
    let to = 0
    let at = start
    for (; at + 1 < end; at += 2) {
      const unit = ((bytes[at + highAt] as number) << 8) | (bytes[at + lowAt] as number)
      if (unit < 0x80) into[to++] = unit
      else if (unit < 0x800) {
        into[to++] = 0xc0 | (unit >> 6)
        into[to++] = 0x80 | (unit & 0x3f)
      } else if (unit < 0xd800 || unit > 0xdfff) {
        into[to++] = 0xe0 | (unit >> 12)
        into[to++] = 0x80 | ((unit >> 6) & 0x3f)
        into[to++] = 0x80 | (unit & 0x3f)
      } else {
        if (unit > 0xdbff || at + 3 >= end) return at
        const second = ((bytes[at + 2 + highAt] as number) << 8) | (bytes[at + 2 + lowAt] as number)
        if (second < 0xdc00 || second > 0xdfff) return at
        const point = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00)
        into[to++] = 0xf0 | (point >> 18)
        into[to++] = 0x80 | ((point >> 12) & 0x3f)
        into[to++] = 0x80 | ((point >> 6) & 0x3f)
        into[to++] = 0x80 | (point & 0x3f)
        at += 2
      }
    }
    this.end = to
    return at < end ? at : -1
  }
}

class Gb18030RecordDecoder implements RecordDecoder {
  readonly isBytewise = false
  text: Buffer = NOTHING
  start = 0
  end = 0
  readonly #scratch = new Scratch()
  #isAscii = false

  blockIs(kind: BlockKind): void {
    this.#isAscii = kind === 'ascii'
  }

  decode(bytes: Buffer, start: number, end: number): number {
    if (this.#isAscii) {
      this.text = bytes
      this.start = start
      this.end = end
      return -1
    }
    const text = gb18030Text(bytes.subarray(start, end))
    if (text === null) return start + firstInvalidGb18030(bytes.subarray(start, end))
    this.text = this.#scratch.room(text.length * 3)
    this.start = 0
    this.end = this.text.write(text)
    return -1
  }
}

const gb18030 = new TextDecoder('gb18030', { fatal: true, ignoreBOM: true })

/** @returns `bytes` as text; `null` when some of them are not valid. */
export function gb18030Text(bytes: Buffer): string | null {
  try {
    return gb18030.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

/** @returns How many bytes the character at `at` claims to have: one, two or four. */
export function gb18030Width(bytes: Buffer, at: number): 1 | 2 | 4 {
  if ((bytes[at] as number) <= 0x80 || at + 1 >= bytes.length) return 1
  const second = bytes[at + 1] as number
  return second >= 0x30 && second <= 0x39 ? 4 : 2
}

/** @returns The position of the first byte that begins no valid character; -1 when all are valid. */
function firstInvalidGb18030(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length) {
    let end = at
    while (end < bytes.length && end - at < SEARCH_BYTES) end += gb18030Width(bytes, end)
    if (gb18030Text(bytes.subarray(at, end)) === null) return at + wrongCharacter(bytes.subarray(at, end))
    at = end
  }
  return -1
}

function wrongCharacter(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length) {
    const width = gb18030Width(bytes, at)
    if (gb18030Text(bytes.subarray(at, at + width)) === null) return at
    at += width
  }
  return 0
}
