import { hexUnit } from './json-syntax.ts'

const BACKSLASH = 0x5c
const LOWER_U = 0x75

/** What stands behind a backslash, and what it means. */
const MEANING = new Uint8Array(128)
for (const [letter, meaning] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'])
  MEANING[(letter as string).charCodeAt(0)] = (meaning as string).charCodeAt(0)

/**
 * Writes a JSON string without its escapes; the result is never longer than the string. Half a character becomes the
 * three bytes it would have.
 *
 * @param string The part between the quotes of a string that was checked.
 * @returns The position behind what was written.
 */
export function unescapeInto(
  into: Buffer,
  from: number,
  string: { readonly bytes: Buffer; readonly start: number; readonly end: number },
): number {
  const { bytes, end } = string
  let to = from
  let at = string.start
  while (at < end) {
    const byte = bytes[at] as number
    if (byte !== BACKSLASH) {
      into[to] = byte
      to += 1
      at += 1
      continue
    }
    const letter = bytes[at + 1] as number
    if (letter !== LOWER_U) {
      into[to] = MEANING[letter] as number
      to += 1
      at += 2
      continue
    }
    const unit = hexUnit(bytes, at + 2, end)
    const second = unit >= 0xd800 && unit < 0xdc00 ? secondHalf(bytes, at + 6, end) : -1
    const point = second < 0 ? unit : 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00)
    to = writePoint(into, to, point)
    at += second < 0 ? 6 : 12
  }
  return to
}

/** @returns The low half that is written at `at`; -1 when there is none. */
function secondHalf(bytes: Buffer, at: number, end: number): number {
  if (at + 6 > end || bytes[at] !== BACKSLASH || bytes[at + 1] !== LOWER_U) return -1
  const unit = hexUnit(bytes, at + 2, end)
  return unit >= 0xdc00 && unit <= 0xdfff ? unit : -1
}

function writePoint(into: Buffer, at: number, point: number): number {
  let to = at
  if (point < 0x80) into[to++] = point
  else if (point < 0x800) {
    into[to++] = 0xc0 | (point >> 6)
    into[to++] = 0x80 | (point & 0x3f)
  } else {
    if (point < 0x10000) into[to++] = 0xe0 | (point >> 12)
    else {
      into[to++] = 0xf0 | (point >> 18)
      into[to++] = 0x80 | ((point >> 12) & 0x3f)
    }
    into[to++] = 0x80 | ((point >> 6) & 0x3f)
    into[to++] = 0x80 | (point & 0x3f)
  }
  return to
}
