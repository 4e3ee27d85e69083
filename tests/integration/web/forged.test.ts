import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { codeOf, requestText, sendRaw, startTestHost, type TestHost } from '../../support/web/test-host.ts'

type Header = readonly [name: string, value: string]

interface Forgery {
  readonly name: string
  readonly method?: string
  readonly path?: string
  readonly headers: readonly Header[]
  readonly body?: string
  readonly status: readonly number[]
}

const JSON_TYPE: Header = ['Content-Type', 'application/json']
const UPGRADE: readonly Header[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
]

/**
 * Requests that are not the dashboard's own, each with valid credentials where the request has room for them, so that
 * only what is forged can be the reason that it is refused. `PORT`, `CODE`, `TOKEN` and `TICKET` stand for the real ones.
 */
const FORGERIES: readonly Forgery[] = [
  // DNS rebinding and confusion about hosts
  ...[
    'localhost:PORT',
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '[::1]:PORT',
    '127.1:PORT',
  ].map((host): Forgery => ({ name: `Host ${host}`, headers: [['Host', host]], status: [421] })),
  {
    name: 'two hosts',
    headers: [
      ['Host', '127.0.0.1:PORT'],
      ['Host', 'evil.example'],
    ],
    status: [400, 421],
  },
  { name: 'a host with a list', headers: [['Host', '127.0.0.1:PORT, evil.example']], status: [421] },
  {
    name: 'X-Forwarded-Host beside a wrong host',
    headers: [
      ['Host', 'evil.example'],
      ['X-Forwarded-Host', '127.0.0.1:PORT'],
      ['Forwarded', 'host=127.0.0.1:PORT'],
    ],
    status: [421],
  },
  // other origins
  ...[
    'https://evil.example',
    'null',
    'http://127.0.0.1:9999',
    'http://localhost:PORT',
    'http://127.0.0.1:PORT.evil.example',
    'http://192.168.1.5:PORT',
  ].flatMap((origin): Forgery[] => [
    {
      name: `session from ${origin}`,
      method: 'POST',
      path: '/api/session',
      headers: [JSON_TYPE, ['Origin', origin]],
      body: '{"code":"CODE"}',
      status: [403],
    },
    {
      name: `ticket from ${origin}`,
      method: 'POST',
      path: '/api/ws-ticket',
      headers: [JSON_TYPE, ['Origin', origin], ['Authorization', 'Bearer TOKEN']],
      body: '{}',
      status: [403],
    },
    {
      name: `WebSocket from ${origin}`,
      path: '/api/wire',
      headers: [...UPGRADE, ['Origin', origin], ['Sec-WebSocket-Protocol', 'interleave.v1, ticket.TICKET']],
      status: [403],
    },
    { name: `page from ${origin}`, headers: [['Origin', origin]], status: [403] },
  ]),
  // what browsers say of who asks
  ...['cross-site', 'same-site', 'none'].flatMap((site): Forgery[] => [
    {
      name: `ticket of a ${site} page`,
      method: 'POST',
      path: '/api/ws-ticket',
      headers: [JSON_TYPE, ['Sec-Fetch-Site', site], ['Authorization', 'Bearer TOKEN']],
      body: '{}',
      status: [403],
    },
    {
      name: `WebSocket of a ${site} page`,
      path: '/api/wire',
      headers: [
        ...UPGRADE,
        ['Sec-Fetch-Site', site],
        ['Sec-WebSocket-Protocol', 'interleave.v1, ticket.TICKET'],
      ],
      status: [403],
    },
    {
      name: `script of a ${site} page`,
      path: '/assets/index-BvX3k2_q.js',
      headers: [['Sec-Fetch-Site', site]],
      status: [403],
    },
  ]),
  {
    name: 'frame of a cross-site page',
    headers: [
      ['Sec-Fetch-Site', 'cross-site'],
      ['Sec-Fetch-Dest', 'iframe'],
    ],
    status: [403],
  },
  // requests that a page can send without asking
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
    'application/jsonp',
    '',
  ].map((type): Forgery => ({
    name: `code sent as ${type}`,
    method: 'POST',
    path: '/api/session',
    headers: [['Content-Type', type]],
    body: '{"code":"CODE"}',
    status: [415],
  })),
  {
    name: 'a method that is overridden',
    method: 'POST',
    path: '/api/session',
    headers: [JSON_TYPE, ['X-HTTP-Method-Override', 'GET']],
    body: '{"code":"CODE"}',
    status: [403],
  },
  {
    name: 'a code in the address',
    path: '/api/session?code=CODE',
    headers: [],
    status: [405],
  },
  // preflights
  {
    name: 'a preflight',
    method: 'OPTIONS',
    path: '/api/session',
    headers: [
      ['Origin', 'https://evil.example'],
      ['Access-Control-Request-Method', 'POST'],
      ['Access-Control-Request-Private-Network', 'true'],
    ],
    status: [403],
  },
  {
    name: 'a preflight without origin',
    method: 'OPTIONS',
    path: '/api/session',
    headers: [
      ['Access-Control-Request-Method', 'POST'],
      ['Access-Control-Request-Local-Network', 'true'],
    ],
    status: [403],
  },
  // credentials that are none
  ...(
    [
      ['none', []],
      ['an empty one', [['Authorization', 'Bearer ']]],
      ['another scheme', [['Authorization', 'Basic TOKEN']]],
      ['a wrong one', [['Authorization', `Bearer ${'A'.repeat(43)}`]]],
      ['a shortened one', [['Authorization', 'Bearer SHORT']]],
      ['a cookie', [['Cookie', 'token=TOKEN']]],
      ['a ticket', [['Authorization', 'Bearer TICKET']]],
      ['a code', [['Authorization', 'Bearer CODE']]],
    ] as const satisfies readonly (readonly [string, readonly Header[]])[]
  ).map(([what, headers]): Forgery => ({
    name: `ticket for ${what}`,
    method: 'POST',
    path: '/api/ws-ticket',
    headers: [JSON_TYPE, ...headers],
    body: '{}',
    status: [401, 429],
  })),
  {
    name: 'a ticket for a token in the address',
    method: 'POST',
    path: '/api/ws-ticket?token=TOKEN',
    headers: [JSON_TYPE],
    body: '{}',
    status: [401, 429],
  },
  {
    name: 'a code of the host for the token of a session',
    method: 'POST',
    path: '/api/codes',
    headers: [JSON_TYPE, ['Authorization', 'Bearer TOKEN']],
    body: '{"access":"control"}',
    status: [401, 429],
  },
  // upgrades
  ...(
    [
      ['no protocol', []],
      ['no ticket', [['Sec-WebSocket-Protocol', 'interleave.v1']]],
      ['a wrong ticket', [['Sec-WebSocket-Protocol', `interleave.v1, ticket.${'A'.repeat(43)}`]]],
      ['a token for a ticket', [['Sec-WebSocket-Protocol', 'interleave.v1, ticket.TOKEN']]],
      ['a ticket in another protocol', [['Sec-WebSocket-Protocol', 'ticket.TICKET']]],
      ['a token in a header', [['Authorization', 'Bearer TOKEN']]],
    ] as const satisfies readonly (readonly [string, readonly Header[]])[]
  ).map(([what, headers]): Forgery => ({
    name: `WebSocket with ${what}`,
    path: '/api/wire',
    headers: [...UPGRADE, ...headers],
    status: [401, 429],
  })),
  {
    name: 'WebSocket at another address',
    path: '/',
    headers: [...UPGRADE, ['Sec-WebSocket-Protocol', 'interleave.v1, ticket.TICKET']],
    status: [404],
  },
  {
    name: 'WebSocket for a rebound host',
    path: '/api/wire',
    headers: [
      ['Host', 'evil.example:PORT'],
      ...UPGRADE,
      ['Sec-WebSocket-Protocol', 'interleave.v1, ticket.TICKET'],
    ],
    status: [421],
  },
  {
    name: 'an upgrade to another protocol',
    headers: [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'h2c'],
      ['Host', 'evil.example'],
    ],
    status: [421],
  },
  {
    name: 'an expectation for a rebound host',
    method: 'POST',
    headers: [
      ['Host', 'evil.example'],
      ['Expect', '100-continue'],
    ],
    status: [421],
  },
  { name: 'a proxy’s request', path: 'http://127.0.0.1:PORT/', headers: [], status: [404] },
  { name: 'a proxy’s request for elsewhere', path: 'http://evil.example/', headers: [], status: [404] },
]

describe('requests that are not the dashboard’s own', () => {
  let test: TestHost
  beforeAll(async () => {
    test = await startTestHost()
  })
  afterAll(() => test[Symbol.asyncDispose]())

  it('are at least forty', () => {
    expect(FORGERIES.length).toBeGreaterThanOrEqual(40)
  })

  it.each(FORGERIES)('$name', async ({ method = 'GET', path = '/', headers, body = '', status }) => {
    const token = await test.signIn()
    const ticket = await test.getTicket(token)
    const code = codeOf(test.host.makeLink())
    const fill = (text: string): string =>
      text
        .replace('PORT', String(test.port))
        .replace('TOKEN', token)
        .replace('SHORT', token.slice(0, 42))
        .replace('TICKET', ticket)
        .replace('CODE', code)
    const answer = await sendRaw(
      test.port,
      requestText(test.port, {
        method,
        path: fill(path),
        headers: headers.map(([name, value]) => [name, fill(value)]),
        body: fill(body),
      }),
    )
    expect(status).toContain(answer.status)
    expect([...answer.headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([])
    expect(answer.headers.get('set-cookie')).toBe(undefined)
    // Nothing but the refusal itself is told, and the credentials stay good: they were not used.
    expect(JSON.parse(answer.body)).toEqual({
      error: { code: expect.any(String), message: expect.any(String) },
    })
    for (const secret of [token, ticket, code]) expect(answer.body).not.toContain(secret)
    expect(test.host.viewCount).toBe(0)
    expect(await test.getTicket(token)).toMatch(/^[\w-]{43}$/)
  })

  it('are told without anything that the caller sent', () => {
    const codes = new Set(test.refusals.map(({ code }) => code))
    expect(codes).toEqual(new Set(['E_HOST', 'E_ORIGIN', 'E_AUTH']))
    expect(JSON.stringify(test.refusals)).not.toContain('evil')
    // Each kind once in the minute that this takes at most.
    expect(test.refusals.length).toBe(codes.size)
  })
})
