import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'

import {
  INDEX,
  requestText,
  sendRaw,
  startTestHost,
  type RawAnswer,
  type TestHost,
} from '../../support/web/test-host.ts'

/** Where only the end of the connection tells that the answer is complete. */
const CLOSE = ['Connection', 'close'] as const
const JSON_TYPE = ['Content-Type', 'application/json'] as const

describe('the web host over HTTP', () => {
  let test: TestHost
  const start = async (...options: Parameters<typeof startTestHost>): Promise<void> => {
    test = await startTestHost(...options)
  }
  const ask = (request: Parameters<typeof requestText>[1]): Promise<RawAnswer> =>
    sendRaw(test.port, requestText(test.port, request))
  afterEach(() => test[Symbol.asyncDispose]())

  it('serves the page with a policy that lets nothing else in', async () => {
    await start()
    const { status, headers, body } = await ask({})
    expect({ status, body }).toEqual({ status: 200, body: INDEX })
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy':
        `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; ` +
        `connect-src 'self' ws://127.0.0.1:${test.port}; worker-src 'self'; base-uri 'none'; form-action 'none'; ` +
        `frame-src 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; ` +
        `trusted-types vue`,
    })
  })

  it('sends the same policy with everything it refuses', async () => {
    await start()
    const answers = await Promise.all([
      ask({ path: '/none' }),
      ask({ headers: [['Host', 'evil.example']] }),
      ask({ method: 'POST', path: '/api/session', headers: [JSON_TYPE], body: '{"code":"x"}' }),
      ask({
        path: '/api/wire',
        headers: [
          ['Connection', 'Upgrade'],
          ['Upgrade', 'websocket'],
        ],
      }),
      sendRaw(test.port, 'nonsense\r\n\r\n'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([404, 421, 401, 401, 400])
    for (const { headers } of answers) {
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  it('lets hashed files be kept for ever, and answers what is known already without sending it', async () => {
    await start()
    const script = await ask({ path: '/assets/index-BvX3k2_q.js' })
    const index = await ask({})
    const known = await ask({ headers: [['If-None-Match', index.headers.get('etag')!], CLOSE] })
    const head = await ask({ method: 'HEAD', path: '/icon.svg', headers: [CLOSE] })
    expect([script.headers.get('cache-control'), script.headers.get('content-type')]).toEqual([
      'public, max-age=31536000, immutable',
      'text/javascript; charset=utf-8',
    ])
    expect([known.status, known.body]).toEqual([304, ''])
    expect([head.status, head.headers.get('content-type'), head.body]).toEqual([200, 'image/svg+xml', ''])
  })

  it.each([
    '/..%2fpackage.json',
    '/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%252e%252e/etc/passwd',
    '/..\\..\\etc\\passwd',
    '/assets/../../package.json',
    '//etc/passwd',
    '/assets-private/x.js',
    '/assets/',
    '/index.html%00.js',
    '/%',
    '/api',
    '/api/',
    '/api/__proto__',
    '/api/session/..',
  ])('has nothing at %s', async path => {
    await start()
    expect((await ask({ path })).status).toBe(404)
  })

  it('answers wrong credentials with 401 and, after ten in a minute, with 429, and right ones always', async () => {
    await start()
    const token = await test.signIn()
    const guess = (value: string): Promise<RawAnswer> =>
      ask({
        method: 'POST',
        path: '/api/ws-ticket',
        headers: [JSON_TYPE, ['Authorization', `Bearer ${value}`]],
        body: '{}',
      })
    const statuses: number[] = []
    for (let at = 0; at < 30; at += 1) statuses.push((await guess(`${at}`.padStart(43, 'A'))).status)
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(20).fill(429)])
    expect((await guess(token)).status).toBe(200)
    // One line for all of them, which names none.
    expect(test.refusals.map(({ code }) => code)).toEqual(['E_AUTH'])
  })

  it('refuses headers of more than 16 KiB, however they are spread', async () => {
    await start()
    const many = Array.from({ length: 100_000 }, (_, at) => [`X-${at}`, '1'] as const)
    const answers = await Promise.all([
      ask({ headers: [['X-Long', 'a'.repeat(10 * 2 ** 20)]] }),
      ask({ headers: many }),
      ask({ path: `/${'a'.repeat(20_000)}` }),
    ])
    // What was still being sent may have reset the connection before the answer was read.
    for (const { status } of answers) expect([431, 0]).toContain(status)
    expect((await ask({ headers: [['X-Long', 'a'.repeat(17 * 1_024)]] })).status).toBe(431)
    expect((await ask({})).status).toBe(200)
  })

  it('looks at every header within that, also a second Origin behind thousands of others', async () => {
    await start()
    const junk = Array.from({ length: 2_500 }, () => ['a', ''] as const)
    const own = ['Origin', `http://127.0.0.1:${test.port}`] as const
    expect((await ask({ headers: [own, ...junk] })).status).toBe(200)
    expect((await ask({ headers: [own, ...junk, ['Origin', 'https://evil.example']] })).status).toBe(403)
  })

  it('refuses bodies that are too long, encoded or endless', async () => {
    await start({ limits: { requestMs: 300, headersMs: 300, checkMs: 50 } })
    const post = (headers: readonly (readonly [string, string])[], body: string): Promise<RawAnswer> =>
      ask({ method: 'POST', path: '/api/session', headers: [JSON_TYPE, ...headers], body })
    const zipped = gzipSync('{"code":"x"}').toString('latin1')
    const long = `{"code":"${'x'.repeat(2 ** 20)}"}`
    const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`
    const chunked = requestText(test.port, {
      method: 'POST',
      path: '/api/session',
      headers: [JSON_TYPE, ['Transfer-Encoding', 'chunked']],
    })
    const answers = await Promise.all([
      post([], long),
      post([['Content-Encoding', 'gzip']], zipped),
      post([['Content-Encoding', 'br']], zipped),
      sendRaw(test.port, chunked + chunk.repeat(17)),
      sendRaw(test.port, `${chunked}5\r\n{"cod\r\n`),
      sendRaw(test.port, `${chunked}zz\r\n`),
      post(
        [
          ['Content-Length', '5'],
          ['Content-Length', '6'],
        ],
        'abcde',
      ),
      post(
        [
          ['Transfer-Encoding', 'chunked'],
          ['Content-Length', '5'],
        ],
        '0\r\n\r\n',
      ),
    ])
    expect(answers.map(({ status }) => status)).toEqual([413, 415, 415, 413, 408, 400, 400, 400])
    expect((await post([], '{"code":')).status).toBe(400)
    expect((await post([], '{"code":"x","more":1}')).status).toBe(400)
    expect((await post([], '[')).status).toBe(400)
  })

  it('serves whoever asks while hundreds hold connections open without asking, and cuts those off', async () => {
    await start({ limits: { headersMs: 1_000, checkMs: 100 } })
    const slow: Socket[] = []
    const cut: Promise<unknown>[] = []
    for (let at = 0; at < 500; at += 1) {
      const socket = connect({ host: '127.0.0.1', port: test.port })
      socket.on('error', () => undefined)
      socket.write(at % 2 === 0 ? 'GET / HTTP/1.1\r\nHost: 127' : 'POST /api/session HTTP/1.1\r\n')
      slow.push(socket)
      cut.push(once(socket.resume(), 'close').catch(() => undefined))
    }
    await Promise.all(slow.map(socket => once(socket, 'connect').catch(() => undefined)))
    const answer = await ask({})
    expect(answer.status).toBe(200)
    expect(slow.filter(socket => !socket.destroyed).length).toBeLessThanOrEqual(64)
    await Promise.all(cut)
    expect((await ask({})).status).toBe(200)
  })

  it('keeps a page connected while others come and go', async () => {
    await start({ limits: { connections: 8 } })
    const socket = await test.openSocket()
    for (let at = 0; at < 40; at += 1) {
      const idle = connect({ host: '127.0.0.1', port: test.port })
      idle.on('error', () => undefined)
      await once(idle, 'connect')
    }
    expect((await ask({})).status).toBe(200)
    expect(socket.readyState).toBe(socket.OPEN)
  })
})
