import { printable, type ErrorCode } from '../../shared/model/error.ts'
import type { EncodingName } from '../../shared/model/fields/load.ts'
import type { Refusal } from '../source/cursor.ts'
import { place, shown, shownBytes } from '../source/refusals.ts'

/** Bytes shown around the place that is wrong. */
const CONTEXT_BYTES = 24

const NAMES: Readonly<Record<EncodingName, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16LE',
  'utf-16be': 'UTF-16BE',
  gb18030: 'GB18030',
}

/** @returns The name people know an encoding by. */
export const encodingTitle = (encoding: EncodingName): string => NAMES[encoding]

/** @param problem Completes "line 7 …", or "line 7: …" when it begins with a colon. */
export const refuse = (code: ErrorCode, line: number, problem: string): Refusal => ({
  code,
  message: printable(`${place(line)}${problem.startsWith(':') ? '' : ' '}${problem}`),
  isSkip: false,
})

/** @param at Position of the first byte that is wrong, within `bytes[start, end)`. */
export function notEncodedAs(
  encoding: EncodingName,
  line: number,
  { bytes, start, end, at }: { bytes: Buffer; start: number; end: number; at: number },
): Refusal {
  const isUnit = (encoding === 'utf-16le' || encoding === 'utf-16be') && at + 1 < end
  const first = at - start + 1
  const where = isUnit ? `bytes ${first} and ${first + 1} are` : `byte ${first} is`
  const value = bytes.toString('hex', at, at + (isUnit ? 2 : 1)).replace(/../g, '0x$& ')
  const around = bytes.subarray(Math.max(start, at - CONTEXT_BYTES), Math.min(end, at + CONTEXT_BYTES))
  return refuse(
    'E_ENCODING',
    line,
    `is not valid ${encodingTitle(encoding)}: ${where} ${value.trim()}, in "${shownBytes(around)}"`,
  )
}

/** @returns What stands around a place in valid UTF-8, for people. */
export function textAround(
  bytes: Buffer,
  at: number,
  { start, end }: { start: number; end: number },
): string {
  let from = Math.max(start, at - CONTEXT_BYTES)
  let to = Math.min(end, at + CONTEXT_BYTES)
  // No character is cut, and none has more than three bytes behind its first.
  for (let step = 0; step < 3 && from > start && isInside(bytes[from]); step += 1) from -= 1
  for (let step = 0; step < 3 && to < end && isInside(bytes[to]); step += 1) to += 1
  const part = bytes.subarray(from, to)
  const text = part.toString('utf8')
  return text.includes('\ufffd') ? shownBytes(part) : shown(text)
}

const isInside = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80
