import type { EncodingName } from '../../shared/model/fields/load.ts'

/**
 * Bytes are searched as strings of code units, this many at a time: V8 searches in strings of one byte a unit several
 * times faster than in buffers, and beyond 64 KiB they leave the young generation.
 */
export const PIECE_BYTES = 48 * 2 ** 10

/** How the characters that separate records look in the bytes of an encoding. */
export interface TextUnits {
  /** Bytes of a unit as a shift: 0 for one byte, 1 for two. */
  readonly shift: 0 | 1
  /** @returns `bytes[start, end)` as one character a unit; a last byte that is no whole unit is left out. */
  pieceOf(bytes: Buffer, start: number, end: number): string
  /** @returns The units of `bytes[0, length)` as numbers; a last byte that is no whole unit is left out. */
  codesOf(bytes: Buffer, length: number): Uint8Array | Uint16Array
  /** @returns How an ASCII character looks in a piece. */
  unitOf(character: string): string
  /** @returns Whether there is nothing but spaces and tabs. */
  isBlank(bytes: Buffer, start: number, end: number): boolean
}

const SPACE = 0x20
const TAB = 0x09

/**
 * One byte a unit. Sound for UTF-8 and for GB18030: the later bytes of a GB18030 character are 0x30-0x39, 0x40-0x7E and
 * 0x80-0xFE, so none of them is a line end, a quote, a comma, a semicolon or a tab.
 */
const BYTES: TextUnits = {
  shift: 0,
  pieceOf: (bytes, start, end) => bytes.toString('latin1', start, end),
  codesOf: (bytes, length) => new Uint8Array(bytes.buffer, bytes.byteOffset, length),
  unitOf: character => character,
  isBlank: (bytes, start, end) => {
    let at = start
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at += 1
    return at >= end
  },
}

function copied(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(length)
  bytes.copy(copy, 0, 0, length)
  return copy
}

/** @param swap 0 where the low byte of a unit comes first, else 1: what is searched then is the wrong way round too. */
const pairs = (swap: 0 | 1): TextUnits => ({
  shift: 1,
  pieceOf: (bytes, start, end) => bytes.toString('utf16le', start, end),
  codesOf: (bytes, length) => {
    const aligned = bytes.byteOffset % 2 === 0 ? bytes : copied(bytes, length)
    return new Uint16Array(aligned.buffer, aligned.byteOffset, length >> 1)
  },
  unitOf: character => String.fromCharCode(character.charCodeAt(0) << (8 * swap)),
  isBlank: (bytes, start, end) => {
    if ((end - start) % 2 !== 0) return false
    for (let at = start; at < end; at += 2) {
      const low = bytes[at + swap]
      if (bytes[at + 1 - swap] !== 0 || (low !== SPACE && low !== TAB)) return false
    }
    return true
  },
})

const UTF_16LE = pairs(0)
const UTF_16BE = pairs(1)

export function unitsOf(encoding: EncodingName): TextUnits {
  switch (encoding) {
    case 'utf-8':
    case 'gb18030':
      return BYTES
    case 'utf-16le':
      return UTF_16LE
    case 'utf-16be':
      return UTF_16BE
  }
}

/** @returns `position`, which `indexOf` found; `otherwise` when it found nothing. */
export const positionOr = (position: number, otherwise: number): number =>
  position < 0 ? otherwise : position
