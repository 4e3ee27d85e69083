import { printable } from '../../shared/model/error.ts'
import type { Refusal } from './cursor.ts'
import { RECORD_BYTES, URL_BYTES } from './limits.ts'

/** Characters of a refused record that are kept to show it. */
const SHOWN_CHARACTERS = 200

const refuse = (code: Refusal['code'], message: string): Refusal => ({
  code,
  message: printable(message),
  isSkip: false,
})

/** Names a place in an input for a sentence: `line 7`, or nothing for an input without lines. */
export const place = (line: number): string => (line > 0 ? `line ${line}` : 'this record')

export const lineTooLong = (line: number): Refusal =>
  refuse('E_LINE_TOO_LONG', `${place(line)} is longer than ${RECORD_BYTES / 2 ** 20} MiB`)

export const notEncoded = (line: number, encoding: string): Refusal =>
  refuse('E_URL_INVALID', `${place(line)} is not valid ${encoding}, so its URL is unknown`)

export const notJson = (line: number, reason: string): Refusal =>
  refuse('E_PARSE', `${place(line)} is not a JSON object: ${reason}`)

export const withoutField = (line: number, field: string, found: string): Refusal =>
  refuse('E_SCHEMA', `${place(line)} has no text in "${field}" (${found})`)

export const withoutColumn = (line: number, columns: number, wanted: number): Refusal =>
  refuse('E_SCHEMA', `${place(line)} has ${columns} columns, the URL is in column ${wanted}`)

export const emptyCell = (line: number): Refusal =>
  refuse('E_URL_INVALID', `${place(line)} has no URL in its column`)

export const duplicate = (line: number): Refusal => ({
  code: 'E_DUPLICATE',
  message: `${place(line)} repeats an earlier URL`,
  isSkip: true,
})

/** @returns Why `value` cannot be a URL whatever a parser says of it; `null` as a rule. */
export function urlRefusal(value: string, line: number): Refusal | null {
  // A UTF-16 unit takes one to three bytes in UTF-8: most values need no exact count.
  if (value.length * 3 > URL_BYTES) {
    const bytes = Buffer.byteLength(value)
    if (bytes > URL_BYTES)
      return refuse(
        'E_URL_INVALID',
        `${place(line)}: the URL has ${bytes} bytes, at most ${URL_BYTES} are allowed`,
      )
  }
  if (!value.isWellFormed())
    return refuse('E_URL_INVALID', `${place(line)}: the URL contains half a character`)
  return null
}

/** @returns The beginning of a refused value, well-formed, control characters escaped. */
export function shown(value: string): string {
  const start = value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value
  return printable(start.replace(/\p{Surrogate}/gu, half => `\\u${half.charCodeAt(0).toString(16)}`))
}

/** @returns Bytes that are not valid text as text: everything but printable ASCII as `\xNN`. */
export const shownBytes = (bytes: Buffer): string =>
  shown(
    bytes
      .toString('latin1')
      .replace(/[^\x20-\x7e]/g, byte => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`),
  )
