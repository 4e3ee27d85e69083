import { describe, expect, it } from 'vitest'
import {
  ERROR_CODES,
  errorCodeOf,
  errorNumber,
  failureOf,
  JobError,
  printable,
  TaskError,
} from '../../../../shared/model/error.ts'

describe('error codes', () => {
  it('keep the number under which segments store them', () => {
    expect({ status: errorNumber('E_HTTP_STATUS'), internal: errorNumber('E_INTERNAL') }).toEqual({
      status: 1,
      internal: 49,
    })
  })

  it('come back from their numbers, which fit into a byte', () => {
    const codes = ERROR_CODES.slice(1)
    expect(codes.map(code => errorCodeOf(errorNumber(code)))).toEqual(codes)
    expect(Math.max(...codes.map(errorNumber))).toBeLessThan(256)
  })

  it('are absent for 0 and for the numbers of a later version', () => {
    expect([errorCodeOf(0), errorCodeOf(ERROR_CODES.length)]).toEqual([undefined, undefined])
  })
})

describe('printable', () => {
  it('escapes what could rewrite a terminal or a log', () => {
    expect(printable('a\u001b[2Jb\r\nc\u202ed\u0085e')).toBe('a\\u001b[2Jb\\u000d\\u000ac\\u202ed\\u0085e')
  })

  it('leaves text of any language as it is', () => {
    expect(printable('Grüße, 世界 🙂')).toBe('Grüße, 世界 🙂')
  })

  it('cuts at 300 characters, escapes counted', () => {
    expect(printable('x'.repeat(300))).toBe('x'.repeat(300))
    expect(printable('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`)
    expect(printable('\n'.repeat(100))).toHaveLength(300)
  })

  it('changes nothing when it is applied twice', () => {
    const once = printable('\u0000'.repeat(400))
    expect(printable(once)).toBe(once)
  })
})

describe('failureOf', () => {
  it('keeps code, message and whether it is worth another attempt', () => {
    const cause = new Error('socket hang up')
    const error = new TaskError('E_CONNECT', 'no connection to a:80', { retryable: true, cause })
    expect(error.cause).toBe(cause)
    expect(failureOf(error)).toEqual({
      code: 'E_CONNECT',
      message: 'no connection to a:80',
      retryable: true,
    })
    expect(failureOf(new TaskError('E_TLS', 'expired'))).toMatchObject({ retryable: false })
  })

  it('never calls what the user must change retryable', () => {
    expect(failureOf(new JobError('E_CONFIG', 'no such file\n'))).toEqual({
      code: 'E_CONFIG',
      message: 'no such file\\u000a',
      retryable: false,
    })
  })

  it('takes anything else for our bug', () => {
    expect(failureOf(new RangeError('bad'))).toEqual({
      code: 'E_INTERNAL',
      message: 'RangeError: bad',
      retryable: false,
    })
    expect(failureOf('thrown text')).toMatchObject({ code: 'E_INTERNAL', message: 'thrown text' })
  })
})
