import { describe, expect, it } from 'vitest'
import { ExecutorHarness } from '../../support/executor-harness.ts'
import { always, byPath, redirect, response, startScriptedServer } from '../../support/scripted-server.ts'

describe('redirects', () => {
  it('are followed on one connection, counted, and the final URL is told', async () => {
    await using server = await startScriptedServer(
      byPath({
        '/a': redirect('/b', '301 Moved Permanently'),
        '/b': redirect('c?x=1#part', '307 Temporary Redirect'),
        '/c?x=1': response('done'),
      }),
    )
    await using harness = new ExecutorHarness({ lanes: 1 })

    const result = await harness.one(`${server.origin}/a`)

    expect(result).toMatchObject({
      outcome: 'ok',
      numbers: { status: 200, redirects: 2, bodyBytes: 4 },
      strings: { url: `${server.origin}/a`, finalUrl: `${server.origin}/c?x=1` },
    })
    expect([server.connections, harness.counter('requests')]).toEqual([1, 3])
  })

  it('without a place to go to are answers like any other', async () => {
    await using server = await startScriptedServer(always(response('', { status: '304 Not Modified' })))
    await using harness = new ExecutorHarness()

    expect(await harness.one(server.origin)).toMatchObject({
      outcome: 'ok',
      numbers: { status: 304, redirects: 0 },
    })
  })

  it('C19 end at a loop, at the eleventh hop and in a growing chain', async () => {
    await using server = await startScriptedServer(async connection => {
      for (let head = await connection.request(); head !== null; head = await connection.request()) {
        const path = head.split(' ')[1]!
        if (path === '/self') connection.send(redirect('/self'))
        else if (path === '/ping') connection.send(redirect('/pong'))
        else if (path === '/pong') connection.send(redirect('/ping'))
        else connection.send(redirect(`${path}a`))
      }
    })
    await using harness = new ExecutorHarness({ lanes: 1 })

    const results = await harness.crawl(['/self', '/ping', '/grow?a='].map(path => server.origin + path))

    expect(results.map(({ error, numbers }) => [error, numbers.redirects, numbers.status])).toEqual([
      ['E_REDIRECT_LOOP', 1, 302],
      ['E_REDIRECT_LOOP', 2, 302],
      ['E_REDIRECT_LIMIT', 11, 302],
    ])
  })

  it('C20 to other schemes are blocked, to nonsense invalid', async () => {
    const targets = {
      '/file': 'file:///etc/passwd',
      '/data': 'data:text/html,hi',
      '/js': 'javascript:alert(1)',
      '/ftp': 'ftp://example.com/x',
      '/gopher': 'gopher://example.com/',
      '/app': 'app://interleave/',
      '/bad': 'http://[::1/',
      '/port': 'http://127.0.0.1:99999/',
      '/user': 'http://user:secret@127.0.0.1/',
      '/long': `/${'x'.repeat(9_000)}`,
    }
    await using server = await startScriptedServer(
      byPath(Object.fromEntries(Object.entries(targets).map(([path, to]) => [path, redirect(to)]))),
    )
    await using harness = new ExecutorHarness()

    const results = await harness.crawl(Object.keys(targets).map(path => server.origin + path))

    expect(results.map(({ error }) => error)).toEqual([
      ...Array<string>(6).fill('E_SCHEME_BLOCKED'),
      ...Array<string>(4).fill('E_URL_INVALID'),
    ])
    expect(JSON.stringify(results)).not.toContain('secret')
  })

  it('C21 to private addresses of another host or port are blocked before any connection', async () => {
    await using target = await startScriptedServer(always(response('secret')))
    const places = [
      `http://127.0.0.1:${target.port}/`,
      `http://localhost:${target.port}/`,
      `http://x.localhost:${target.port}/`,
      `http://0.0.0.0:${target.port}/`,
      `http://[::]:${target.port}/`,
      `http://[::1]:${target.port}/`,
      `http://[::ffff:127.0.0.1]:${target.port}/`,
      `http://[64:ff9b::7f00:1]:${target.port}/`,
      `http://[2002:7f00:1::]:${target.port}/`,
      `http://0x7f.1:${target.port}/`,
      `http://2130706433:${target.port}/`,
      'http://169.254.169.254/latest/meta-data/',
      'http://10.1.2.3/',
      'http://100.64.0.1/',
      'http://[fd00::1]/',
      'http://[fe80::1]/',
    ]
    await using server = await startScriptedServer(
      byPath(Object.fromEntries(places.map((place, at) => [`/${at}`, redirect(place)]))),
    )
    await using harness = new ExecutorHarness({ lanes: 2 })

    const results = await harness.crawl(places.map((_place, at) => `${server.origin}/${at}`))

    expect(results.map(({ error }) => error)).toEqual(places.map(() => 'E_ADDR_BLOCKED'))
    expect(target.connections).toBe(0)
    expect(results[1]!.message).toMatch(/^localhost is (127\.0\.0\.1|::1), which is not a public address/)
  })

  it('may lead to private addresses where the user allows it, and back to the host that was typed', async () => {
    await using target = await startScriptedServer(always(response('inside')))
    await using server = await startScriptedServer(
      byPath({
        '/away': redirect(`http://127.0.0.1:${target.port}/`),
        '/here': redirect('/end'),
        '/end': response('here'),
      }),
    )
    await using harness = new ExecutorHarness({ options: { privateNetwork: true } })
    await using strict = new ExecutorHarness()

    expect((await harness.one(`${server.origin}/away`)).numbers.bodyBytes).toBe(6)
    expect((await strict.one(`${server.origin}/here`)).numbers.bodyBytes).toBe(4)
  })

  it('take credentials to the origin that was typed only', async () => {
    await using other = await startScriptedServer(always(response('')))
    await using server = await startScriptedServer(
      byPath({
        '/same': redirect('/end'),
        '/other': redirect(`http://127.0.0.1:${other.port}/`),
        '/end': response(''),
      }),
    )
    await using harness = new ExecutorHarness({
      lanes: 1,
      options: {
        privateNetwork: true,
        headers: ['Authorization: Bearer token', 'X-Api-Key: key', 'Cookie: a=b', 'Accept-Language: de'],
        userAgent: 'Tester/1',
      },
    })

    await harness.crawl([`${server.origin}/same`, `${server.origin}/other`])

    expect(
      server.requests.every(head => head.includes('Bearer token') && head.includes('x-api-key: key')),
    ).toBe(true)
    expect(other.requests[0]!.split('\r\n').slice(1).toSorted()).toEqual([
      'accept-encoding: gzip, deflate, zstd',
      'accept-language: de',
      'accept: */*',
      'connection: keep-alive',
      `host: 127.0.0.1:${other.port}`,
      'user-agent: Tester/1',
    ])
  })

  it('leave a body that is not worth reading', async () => {
    const endless = `HTTP/1.1 302 Found\r\nLocation: /end\r\nTransfer-Encoding: chunked\r\n\r\n`
    await using server = await startScriptedServer(async connection => {
      for (let head = await connection.request(); head !== null; head = await connection.request()) {
        if (head.startsWith('GET /end')) connection.send(response('end'))
        else
          connection.send(
            `${endless}${'4000\r\n'}${'x'.repeat(0x4000)}\r\n`.padEnd(1, '') +
              `4000\r\n${'y'.repeat(0x4000)}\r\n`.repeat(8),
          )
      }
    })
    await using harness = new ExecutorHarness({ lanes: 1 })

    const result = await harness.one(`${server.origin}/`)

    expect([result.outcome, result.numbers.bodyBytes, server.connections]).toEqual(['ok', 3, 2])
  })

  it('pass the cap of every host they come to, and give every permit back', async () => {
    await using b = await startScriptedServer(always(response('b')))
    await using a = await startScriptedServer(always(redirect(`http://127.0.0.1:${b.port}/`)))
    await using harness = new ExecutorHarness({ lanes: 8, options: { perHost: 2, privateNetwork: true } })

    const results = await harness.crawl(Array.from({ length: 24 }, (_, at) => `${a.origin}/${at}`))

    expect(results.every(({ outcome }) => outcome === 'ok')).toBe(true)
    expect([...harness.mostHeld]).toEqual([
      [`127.0.0.1:${a.port}`, 2],
      [`127.0.0.1:${b.port}`, 2],
    ])
    expect(harness.held).toBe(0)
  })

  it('between two capped hosts never wait for each other', async () => {
    const servers: { port: number }[] = []
    const cross =
      (other: number) => async (connection: Parameters<Parameters<typeof startScriptedServer>[0]>[0]) => {
        for (let head = await connection.request(); head !== null; head = await connection.request()) {
          connection.send(
            head.startsWith('GET /end')
              ? response('x')
              : redirect(`http://127.0.0.1:${servers[other]!.port}/end`),
          )
        }
      }
    await using a = await startScriptedServer(cross(1))
    await using b = await startScriptedServer(cross(0))
    servers.push(a, b)
    await using harness = new ExecutorHarness({ lanes: 8, options: { perHost: 1, privateNetwork: true } })

    const urls = Array.from({ length: 20 }, (_, at) => `${(at % 2 === 0 ? a : b).origin}/${at}`)
    const results = await harness.crawl(urls)

    expect(results.every(({ outcome }) => outcome === 'ok')).toBe(true)
    expect([harness.held, Math.max(...harness.mostHeld.values())]).toEqual([0, 1])
  })
})
