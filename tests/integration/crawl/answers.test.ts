import { describe, expect, it } from 'vitest'
import { ExecutorHarness } from '../../support/executor-harness.ts'
import { always, byPath, response, startScriptedServer } from '../../support/scripted-server.ts'

const chunked = (...chunks: readonly string[]): string =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}`

describe('an honest server', () => {
  it('gets one request a URL over reused connections, and every column is filled', async () => {
    await using server = await startScriptedServer(
      always(response('hello', { headers: ['Content-Type: text/plain'] })),
    )
    await using harness = new ExecutorHarness({ lanes: 3 })
    const urls = Array.from({ length: 30 }, (_, at) => `${server.origin}/${at}?q=${at}`)

    const results = await harness.crawl(urls)

    expect(results.map(({ outcome, numbers, strings }) => [outcome, numbers.status, strings.url])).toEqual(
      urls.map(url => ['ok', 200, url]),
    )
    expect(server.connections).toBe(3)
    expect(server.requests.map(head => head.split(' ')[1]).toSorted()).toEqual(
      urls.map(url => url.slice(server.origin.length)).toSorted(),
    )
    const { numbers, strings } = results[29]!
    expect(numbers).toMatchObject({ redirects: 0, links: -1, bodyBytes: 5, wireBytes: 5, connectMs: 0 })
    for (const time of [numbers.waitMs, numbers.ttfbMs, numbers.downloadMs])
      expect(time).toBeGreaterThanOrEqual(0)
    expect(strings).toMatchObject({
      finalUrl: null,
      contentType: 'text/plain',
      title: null,
      bodyHash: null,
      meta: null,
    })
    expect(results[0]!.numbers.connectMs).toBeGreaterThan(0)
    expect([
      harness.counter('requests'),
      harness.counter('connections'),
      harness.counter('bytesBody'),
    ]).toEqual([30, 3, 150])
  })

  it('is asked for heads only under HEAD, over one connection', async () => {
    await using server = await startScriptedServer(
      always('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 99999999999\r\n\r\n'),
    )
    await using harness = new ExecutorHarness({ lanes: 1, options: { method: 'HEAD' } })

    const results = await harness.crawl([`${server.origin}/a`, `${server.origin}/b`])

    expect(results.map(({ outcome, numbers }) => [outcome, numbers.bodyBytes])).toEqual([
      ['ok', 0],
      ['ok', 0],
    ])
    expect(server.connections).toBe(1)
    expect(server.requests[0]).toMatch(/^HEAD \/a HTTP\/1\.1\r\n/)
  })

  it('fails with its status outside of what counts as success, all columns filled', async () => {
    await using server = await startScriptedServer(
      byPath({ '/no': response('gone', { status: '410 Gone', headers: ['Content-Type: text/html'] }) }),
    )
    await using harness = new ExecutorHarness()

    const result = await harness.one(`${server.origin}/no`)

    expect(result).toMatchObject({
      outcome: 'failed',
      error: 'E_HTTP_STATUS',
      message: `410 Gone from 127.0.0.1:${server.port}`,
      retryable: false,
      numbers: { status: 410, bodyBytes: 4, wireBytes: 4 },
      strings: { contentType: 'text/html' },
    })
  })
})

describe('answers that HTTP does not allow', () => {
  const cases: readonly (readonly [name: string, answer: string, error: string | null])[] = [
    ['C8 a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello', 'E_PROTOCOL'],
    ['C8 a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nhello', 'E_PROTOCOL'],
    [
      'C8 two lengths that differ',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
      'E_PROTOCOL',
    ],
    [
      'C8 a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      'E_PROTOCOL',
    ],
    ['C9 a chunk size that is no number', chunked('zz\r\nhello\r\n0\r\n\r\n'), 'E_PROTOCOL'],
    ['C9 a chunk size that overflows', chunked(`${'f'.repeat(20)}\r\nhello\r\n`), 'E_PROTOCOL'],
    [
      'C9 a chunk extension of 1 MiB',
      chunked(`5;${'x'.repeat(2 ** 20)}\r\nhello\r\n0\r\n\r\n`),
      'E_PROTOCOL',
    ],
    [
      'C9 trailers of 1 MiB',
      chunked('5\r\nhello\r\n0\r\n', `X-Trailer: ${'t'.repeat(2 ** 20)}\r\n\r\n`),
      'E_HEADERS_TOO_LARGE',
    ],
    [
      'C10 a header line of 100 KB',
      `HTTP/1.1 200 OK\r\nX-Big: ${'b'.repeat(100_000)}\r\n\r\n`,
      'E_HEADERS_TOO_LARGE',
    ],
    [
      'C10 ten thousand headers',
      `HTTP/1.1 200 OK\r\n${Array.from({ length: 10_000 }, (_, at) => `a${at}: b\r\n`).join('')}\r\n`,
      'E_HEADERS_TOO_LARGE',
    ],
    [
      'C10 six hundred short headers',
      `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(600)}Content-Length: 0\r\n\r\n`,
      'E_HEADERS_TOO_LARGE',
    ],
    ['C12 NUL in a header', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n', 'E_PROTOCOL'],
    ['C12 a bare CR in a header', 'HTTP/1.1 200 OK\r\nX-A: a\rb\r\nContent-Length: 0\r\n\r\n', 'E_PROTOCOL'],
    ['C28 the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'E_PROTOCOL'],
    ['C29 an SSH banner', 'SSH-2.0-OpenSSH_9.9\r\n', 'E_PROTOCOL'],
    ['C29 an FTP banner', '220 FTP server ready\r\n', 'E_PROTOCOL'],
    ['C29 HTTP/0.9', '<html><body>hello</body></html>', 'E_PROTOCOL'],
    ['C29 HTML before the status line', '<p>\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'E_PROTOCOL'],
    ['C29 random bytes', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'E_PROTOCOL'],
    ['C30 status 099', 'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n', 'E_PROTOCOL'],
    ['C30 status -1', 'HTTP/1.1 -1 Negative\r\nContent-Length: 0\r\n\r\n', 'E_PROTOCOL'],
    ['C30 status 999', 'HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n', 'E_HTTP_STATUS'],
    [
      'C30 an unasked upgrade',
      'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n',
      'E_PROTOCOL',
    ],
    ['C30 200 without a byte', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', null],
    ['C30 204 with a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello', null],
    ['endless interim answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(30), 'E_PROTOCOL'],
    [
      'a few interim answers',
      `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(5)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
      null,
    ],
  ]
  for (const [name, answer, error] of cases) {
    it(`${name}: ${error ?? 'accepted'}, and the next URL is not touched`, async () => {
      await using server = await startScriptedServer(async connection => {
        while (true) {
          const head = await connection.request()
          if (head === null) return
          connection.send(head.startsWith('GET /bad') ? Buffer.from(answer, 'latin1') : response('fine'))
        }
      })
      await using harness = new ExecutorHarness({ lanes: 1 })

      const [bad, good] = await harness.crawl([`${server.origin}/bad`, `${server.origin}/good`])

      expect([bad!.error, bad!.numbers.error === null]).toEqual([error, error === null])
      expect(good).toMatchObject({ outcome: 'ok', numbers: { status: 200, bodyBytes: 4 } })
      expect(bad!.message?.length ?? 0).toBeLessThanOrEqual(300)
    })
  }

  it('C30 a HEAD answer with a body never reaches the next URL', async () => {
    await using server = await startScriptedServer(
      always('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello'),
    )
    await using harness = new ExecutorHarness({ lanes: 1, options: { method: 'HEAD' } })

    const results = await harness.crawl(['/a', '/b', '/c'].map(path => server.origin + path))

    expect(results.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok'])
    expect(server.connections).toBe(3)
  })

  it('C31 a second answer on the connection is not taken for the next one', async () => {
    const evil = response('evil', { headers: ['X-Evil: 1'] })
    await using server = await startScriptedServer(async connection => {
      for (let head = await connection.request(); head !== null; head = await connection.request()) {
        connection.send(
          head.startsWith('GET /split') ? Buffer.concat([response('one'), evil]) : response('honest'),
        )
      }
    })
    await using harness = new ExecutorHarness({ lanes: 1 })

    const results = await harness.crawl(
      ['/split', '/next', '/split', '/last'].map(path => server.origin + path),
    )

    expect(results.map(({ outcome, numbers }) => [outcome, numbers.bodyBytes])).toEqual([
      ['ok', 3],
      ['ok', 6],
      ['ok', 3],
      ['ok', 6],
    ])
    expect(server.connections).toBe(3)
  })

  it('C39 a hostile Content-Disposition and C26 a thousand cookies are read past', async () => {
    const headers = [
      'Content-Disposition: attachment; filename="../../../etc/passwd"',
      ...Array.from({ length: 400 }, (_, at) => `Set-Cookie: c${at}=${'v'.repeat(50)}; Domain=com`),
    ]
    await using server = await startScriptedServer(always(response('x', { headers })))
    await using harness = new ExecutorHarness({ lanes: 1 })

    const [first, second] = await harness.crawl([`${server.origin}/a`, `${server.origin}/b`])

    expect([first!.outcome, second!.outcome]).toEqual(['ok', 'ok'])
    expect(server.requests[1]).not.toMatch(/cookie/i)
  })

  it('C12 shows control characters of a content type escaped', async () => {
    await using server = await startScriptedServer(
      always(
        Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/\x9bplain\r\nContent-Length: 0\r\n\r\n', 'latin1'),
      ),
    )
    await using harness = new ExecutorHarness()

    expect((await harness.one(`${server.origin}/`)).strings.contentType).toBe('text/\\u009bplain')
  })
})
