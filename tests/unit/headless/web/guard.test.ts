import { describe, expect, it } from 'vitest'

import { guard, type GuardedRequest } from '../../../../headless/web/guard.ts'

const OWN = '127.0.0.1:8800'
const ORIGIN = `http://${OWN}`

/** @returns What the guard makes of a request of this dashboard's page, but for `change`. */
function judge(
  headers: readonly (readonly [string, string])[],
  { method = 'GET', url = '/' }: Partial<GuardedRequest> = {},
): string {
  const refused = guard({ method, url, rawHeaders: headers.flat() }, OWN)
  return refused === null ? 'passes' : `${refused.status} ${refused.code}`
}

const host = ['Host', OWN] as const

describe('the guard', () => {
  it.each([
    ['the name of this machine', `localhost:8800`],
    ['a name that was made to resolve to loopback', 'evil.example:8800'],
    ['another port', '127.0.0.1:8801'],
    ['no port', '127.0.0.1'],
    ['a longer port', '127.0.0.1:88000'],
    ['another loopback address', '127.0.0.2:8800'],
    ['an IPv6 loopback', '[::1]:8800'],
    ['an IPv4 in IPv6', '[::ffff:127.0.0.1]:8800'],
    ['an address as one number', '2130706433:8800'],
    ['an address with a final dot', '127.0.0.1.:8800'],
    ['ours with something before it', `evil@${OWN}`],
    ['ours with something behind it', `${OWN}.evil.example`],
    ['ours twice in one', `${OWN}, ${OWN}`],
    ['nothing', ''],
    ['any address', '0.0.0.0:8800'],
  ])('refuses %s as Host', (_name, value) => {
    expect(judge([['Host', value]])).toBe('421 E_HOST')
  })

  it('refuses a request without Host, or with two', () => {
    expect([judge([]), judge([host, host]), judge([host, ['host', 'evil.example']])]).toEqual([
      '421 E_HOST',
      '421 E_HOST',
      '421 E_HOST',
    ])
  })

  it.each([
    'https://evil.example',
    'null',
    '',
    'http://127.0.0.1:9999',
    'http://127.0.0.1',
    'http://localhost:8800',
    'http://127.0.0.1:8800.evil.example',
    'http://127.0.0.1:88001',
    'https://127.0.0.1:8800',
    'http://127.0.0.1:8800/',
    'HTTP://127.0.0.1:8800',
    'http://user@127.0.0.1:8800',
    'http://[::1]:8800',
    'http://10.0.0.1:8800',
    'file://',
    'chrome-extension://abcdef',
  ])('refuses %s as Origin', origin => {
    expect(judge([host, ['Origin', origin]])).toBe('403 E_ORIGIN')
  })

  it('refuses two Origins even if one of them is right', () => {
    expect(judge([host, ['Origin', ORIGIN], ['Origin', ORIGIN]])).toBe('403 E_ORIGIN')
  })

  it.each(['cross-site', 'same-site', 'none', 'same-origin, none', ''])(
    'refuses %s as Sec-Fetch-Site of an asset',
    site => {
      expect(judge([host, ['Sec-Fetch-Site', site]], { url: '/assets/x.js' })).toBe('403 E_ORIGIN')
    },
  )

  it('lets an address that somebody typed through, for the page itself and nothing else', () => {
    const typed = [host, ['Sec-Fetch-Site', 'none']] as const
    expect({
      page: judge(typed),
      query: judge(typed, { url: '/?x=1' }),
      index: judge(typed, { url: '/index.html' }),
      api: judge(typed, { url: '/api/session', method: 'POST' }),
      post: judge(typed, { method: 'POST' }),
      linked: judge([host, ['Sec-Fetch-Site', 'cross-site']]),
      otherPort: judge([host, ['Sec-Fetch-Site', 'same-site']]),
    }).toEqual({
      page: 'passes',
      query: 'passes',
      index: '403 E_ORIGIN',
      api: '403 E_ORIGIN',
      post: '403 E_ORIGIN',
      linked: '403 E_ORIGIN',
      otherPort: '403 E_ORIGIN',
    })
  })

  it.each([
    ['OPTIONS', '403 E_ORIGIN'],
    ['PUT', '405 E_CONFIG'],
    ['DELETE', '405 E_CONFIG'],
    ['PATCH', '405 E_CONFIG'],
    ['TRACE', '405 E_CONFIG'],
    ['get', '405 E_CONFIG'],
    ['', '405 E_CONFIG'],
  ])('refuses the method %s', (method, expected) => {
    expect(judge([host], { method })).toBe(expected)
  })

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])('refuses %s', name => {
    expect(judge([host, ['Origin', ORIGIN], [name, 'DELETE']], { method: 'POST' })).toBe('403 E_ORIGIN')
  })

  it.each(['http://127.0.0.1:8800/', 'http://evil.example/', '*', 'evil.example:443', ''])(
    'refuses %s as the target of a request',
    url => {
      expect(judge([host], { url })).toBe('404 E_NOT_FOUND')
    },
  )

  it('lets the dashboard’s own requests pass, and those of programs without headers of a browser', () => {
    const own = [host, ['Origin', ORIGIN], ['Sec-Fetch-Site', 'same-origin']] as const
    expect([
      judge(own, { method: 'POST', url: '/api/session' }),
      judge([['hOsT', OWN]]),
      judge([host], { method: 'HEAD', url: '/icon.svg' }),
    ]).toEqual(['passes', 'passes', 'passes'])
  })
})
