import { describe, expect, it } from 'vitest'
import { ExecutorHarness } from '../../support/executor-harness.ts'
import { always, byPath, response, startScriptedServer } from '../../support/scripted-server.ts'
import { WRONG_ANSWERS } from '../../support/wrong-answers.ts'

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
  for (const [name, answer, error] of WRONG_ANSWERS) {
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
