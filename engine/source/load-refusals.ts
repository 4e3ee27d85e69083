import { printable } from '../../shared/model/error.ts'
import type { Refusal } from './cursor.ts'
import { RECORD_BYTES } from './limits.ts'

const MIB = 2 ** 20

export const recordTooLong = (line: number, byteLength: number): Refusal => ({
  code: 'E_LINE_TOO_LONG',
  message: `the record on line ${line} has ${byteLength} bytes, at most ${RECORD_BYTES / MIB} MiB are read`,
  isSkip: false,
})

export const quoteNotClosed = (line: number): Refusal => ({
  code: 'E_PARSE',
  message: printable(`the row that begins on line ${line} has a quote that is not closed before the end`),
  isSkip: false,
})
