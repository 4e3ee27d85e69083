import { copyBytes, digitsOf, writeDigits, type Template } from '../../load/template.ts'
import type { RecordView } from '../../load/record-view.ts'

/** The command format of Redis: an array of length-prefixed strings, so that no byte of a value means anything. */

/** Most bytes that surround an argument: `$`, the digits of its length, and two line ends. */
export const AROUND_BYTES = 24

const CR = 13
const LF = 10
const DOLLAR = 36
const STAR = 42
const ZERO = 48

/**
 * For commands that are not sent by the million.
 *
 * @param more How many arguments follow these.
 */
export function commandBytes(parts: readonly string[], more = 0): Buffer {
  const text = parts.map(part => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')
  return Buffer.from(`*${parts.length + more}\r\n${text}`)
}

/** @returns The position behind `$<length>\r\n`. */
export function writeLength(length: number, into: Buffer, at: number): number {
  into[at] = DOLLAR
  return endLine(into, writeCount(length, into, at + 1))
}

/** @returns The position behind `*<count>\r\n`. */
export function writeArrayLength(count: number, into: Buffer, at: number): number {
  into[at] = STAR
  return endLine(into, writeCount(count, into, at + 1))
}

/** Writes one argument from a template. @param length What the template measured for this record. */
export function writeArgument(
  template: Template,
  length: number,
  record: RecordView,
  into: Buffer,
  at: number,
): number {
  return endLine(into, template.write(record, into, writeLength(length, into, at)))
}

export function writeBytes(bytes: Buffer, start: number, end: number, into: Buffer, at: number): number {
  return endLine(into, copyBytes(bytes, start, end, into, writeLength(end - start, into, at)))
}

/** Writes a whole number, from 0 to 2^53, as one argument. */
export function writeNumber(value: number, into: Buffer, at: number): number {
  const digits = digitsOf(value)
  return endLine(into, writeDigits(value, digits, into, writeLength(digits, into, at)))
}

/** Reads the number of `$<length>\r\n` or `*<count>\r\n` at `at`, as this file wrote it. */
export function lengthAt(bytes: Buffer, at: number): number {
  let value = 0
  for (let next = at + 1; bytes[next] !== CR; next += 1) value = value * 10 + (bytes[next] ?? 0) - ZERO
  return value
}

/** @returns The position behind `$<length>\r\n` or `*<count>\r\n` at `at`. */
export const behindLength = (bytes: Buffer, at: number): number => bytes.indexOf(LF, at) + 1

/** @returns The position behind the argument at `at`. */
export const behindArgument = (bytes: Buffer, at: number): number =>
  behindLength(bytes, at) + lengthAt(bytes, at) + 2

function writeCount(value: number, into: Buffer, at: number): number {
  if (value < 10) {
    into[at] = ZERO + value
    return at + 1
  }
  if (value < 100) {
    const tens = (value / 10) | 0
    into[at] = ZERO + tens
    into[at + 1] = ZERO + value - tens * 10
    return at + 2
  }
  return writeDigits(value, digitsOf(value), into, at)
}

function endLine(into: Buffer, at: number): number {
  into[at] = CR
  into[at + 1] = LF
  return at + 2
}
