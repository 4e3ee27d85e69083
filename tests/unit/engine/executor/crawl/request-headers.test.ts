import { describe, expect, it } from 'vitest'
import { buildHeaders } from '../../../../../engine/executor/crawl/request-headers.ts'

const pairs = (headers: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: headers.length / 2 }, (_, at) => [headers[at * 2]!, headers[at * 2 + 1]!]),
  )

describe('buildHeaders', () => {
  it('lets the user replace what we send and keeps credentials at home', () => {
    const { own, foreign, robotName } = buildHeaders(
      ['Authorization: Basic eDp5', 'Accept:text/html', 'X-Key: a: b'],
      'MyBot/2 (+https://example.com)',
    )
    expect(pairs(own)).toMatchObject({
      authorization: 'Basic eDp5',
      accept: 'text/html',
      'x-key': 'a: b',
      'user-agent': 'MyBot/2 (+https://example.com)',
    })
    expect(Object.keys(pairs(foreign)).toSorted()).toEqual(['accept', 'accept-encoding', 'user-agent'])
    expect(robotName).toBe('mybot')
  })

  it.each([
    ['no colon', "write 'Name: value'"],
    [': value', "write 'Name: value'"],
    ['Bad Name: x', 'has a character'],
    ['X-Split: a\r\nHost: evil', 'has a character'],
    ['Content-Length: 5', 'the client sets this header itself'],
    ['Transfer-Encoding: chunked', 'the client sets this header itself'],
  ])('refuses %j', (line, reason) => {
    expect(() => buildHeaders([line], null)).toThrow(reason)
  })

  it('never shows a value', () => {
    expect(() => buildHeaders(['Authorization secret'], null)).toThrow(/^(?!.*secret)/)
    expect(() => buildHeaders(['X-Token: secret\n'.repeat(2)], null)).toThrow(/^(?!.*secret)/)
  })
})
