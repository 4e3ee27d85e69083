/*
 * White space as Python's `str.strip()` knows it, on UTF-8 bytes in place. It is not what JavaScript's `trim()` strips:
 * U+001C to U+001F and U+0085 are white space here, U+FEFF is not. Neither is U+200B.
 */

const SPACE = 0x20
const FIRST_NOT_ASCII = 0x80

/** @returns The position of the first byte of `bytes[start, end)` that is not white space; `end` when all are. */
export function strippedStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end) {
    const byte = bytes[at] as number
    if (byte > SPACE && byte < FIRST_NOT_ASCII) return at
    const width = byte < FIRST_NOT_ASCII ? asciiWidth(byte) : wideWidth(bytes, at, end)
    if (width === 0) return at
    at += width
  }
  return end
}

/** @returns The position behind the last byte of `bytes[start, end)` that is not white space; `start` when all are. */
export function strippedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end
  while (at > start) {
    const byte = bytes[at - 1] as number
    if (byte > SPACE && byte < FIRST_NOT_ASCII) return at
    const width = byte < FIRST_NOT_ASCII ? asciiWidth(byte) : wideWidthBefore(bytes, start, at)
    if (width === 0) return at
    at -= width
  }
  return start
}

/** Tab to carriage return, the four separators, the space. */
const asciiWidth = (byte: number): 0 | 1 =>
  byte <= SPACE && (byte >= 0x1c || (byte >= 0x09 && byte <= 0x0d)) ? 1 : 0

/** @returns How many bytes the white space at `at` has; 0 when there is none. */
function wideWidth(bytes: Uint8Array, at: number, end: number): 0 | 2 | 3 {
  if (at + 1 >= end) return 0
  const first = bytes[at] as number
  const second = bytes[at + 1] as number
  // U+0085 and U+00A0
  if (first === 0xc2) return second === 0x85 || second === 0xa0 ? 2 : 0
  if (at + 2 >= end) return 0
  return isWide(first, second, bytes[at + 2] as number) ? 3 : 0
}

/** @returns How many bytes the white space that ends before `at` has; 0 when there is none. */
function wideWidthBefore(bytes: Uint8Array, start: number, at: number): 0 | 2 | 3 {
  if (at - 2 < start) return 0
  const last = bytes[at - 1] as number
  const before = bytes[at - 2] as number
  if (before === 0xc2) return last === 0x85 || last === 0xa0 ? 2 : 0
  if (at - 3 < start) return 0
  return isWide(bytes[at - 3] as number, before, last) ? 3 : 0
}

function isWide(first: number, second: number, third: number): boolean {
  // U+1680
  if (first === 0xe1) return second === 0x9a && third === 0x80
  // U+3000
  if (first === 0xe3) return second === 0x80 && third === 0x80
  if (first !== 0xe2) return false
  // U+205F
  if (second === 0x81) return third === 0x9f
  // U+2000 to U+200A, U+2028, U+2029, U+202F
  return (
    second === 0x80 &&
    ((third >= 0x80 && third <= 0x8a) || third === 0xa8 || third === 0xa9 || third === 0xaf)
  )
}
