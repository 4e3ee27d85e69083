import { describe, expect, it } from 'vitest'
import { ExecutorHarness } from '../../support/executor-harness.ts'
import {
  byPath,
  redirect,
  response,
  startScriptedServer,
  type Script,
} from '../../support/scripted-server.ts'

const robots = (text: string): Buffer => response(text, { headers: ['Content-Type: text/plain'] })
const options = { robots: true } as const

/** Answers robots.txt as told and every page with 200. */
const site =
  (answer: Buffer | string): Script =>
  async connection => {
    for (let head = await connection.request(); head !== null; head = await connection.request()) {
      connection.send(head.startsWith('GET /robots.txt') ? answer : response('page'))
    }
  }

const robotsRequests = (requests: readonly string[]): number =>
  requests.filter(head => head.startsWith('GET /robots.txt')).length

describe('robots.txt', () => {
  it('is fetched once for all lanes and keeps them from what it disallows', async () => {
    await using server = await startScriptedServer(
      site(robots('User-agent: *\nDisallow: /private\nAllow: /private/open\n')),
    )
    await using harness = new ExecutorHarness({ lanes: 6, options })

    const paths = ['/a', '/private/x', '/private/open/y', '/b', '/private', '/c', '/d']
    const results = await harness.crawl(paths.map(path => server.origin + path))

    expect(results.map(({ outcome, error }) => [outcome, error])).toEqual([
      ['ok', null],
      ['skipped', 'E_ROBOTS'],
      ['ok', null],
      ['ok', null],
      ['skipped', 'E_ROBOTS'],
      ['ok', null],
      ['ok', null],
    ])
    expect(results[1]!.message).toBe(`127.0.0.1:${server.port}: its robots.txt disallows this URL`)
    expect(robotsRequests(server.requests)).toBe(1)
    expect(harness.counter('requests')).toBe(6)
  })

  it('is not asked for unless the job says so', async () => {
    await using server = await startScriptedServer(site(robots('User-agent: *\nDisallow: /')))
    await using harness = new ExecutorHarness()

    expect((await harness.one(server.origin)).outcome).toBe('ok')
    expect(robotsRequests(server.requests)).toBe(0)
  })

  it('C36 follows RFC 9309 where it is missing, forbidden, failing, moved or too far away', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 7 }, (_, at) => [`/r${at}`, redirect(`/r${at + 1}`)]),
    )
    const cases: readonly (readonly [Script, string | null])[] = [
      [site(response('', { status: '404 Not Found' })), null],
      [site(response('', { status: '401 Unauthorized' })), null],
      [site(response('', { status: '503 Service Unavailable' })), 'E_ROBOTS'],
      [
        byPath({
          '/robots.txt': redirect('/rules'),
          '/rules': robots('User-agent: *\nDisallow: /'),
          '/': response(''),
        }),
        'E_ROBOTS',
      ],
      [byPath({ ...chain, '/robots.txt': redirect('/r0'), '/': response('') }), null],
      [site(redirect('http://10.0.0.1/robots.txt')), null],
      [site(Buffer.concat([robots('\x00\xff\xfe binary')])), null],
      [site(robots('\ufeffUser-agent: *\nDisallow: /')), 'E_ROBOTS'],
    ]
    const errors: unknown[] = []
    for (const [script] of cases) {
      await using server = await startScriptedServer(script)
      await using harness = new ExecutorHarness({ options })
      errors.push((await harness.one(`${server.origin}/`)).error)
    }

    expect(errors).toEqual(cases.map(([, error]) => error))
  })

  it('C36 is read up to its limit when it is too long, and as far as it came when it is slow', async () => {
    const rules = 'User-agent: *\nDisallow: /no\n'
    await using long = await startScriptedServer(
      site(robots(`${rules}${'# filler\n'.repeat(20_000)}Disallow: /late\n`)),
    )
    await using slow = await startScriptedServer(async connection => {
      for (let head = await connection.request(); head !== null; head = await connection.request()) {
        if (head.startsWith('GET /robots.txt'))
          connection.send(`HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n${rules}`)
        else connection.send(response(''))
      }
    })
    await using bounded = new ExecutorHarness({ options, limits: { robotsBytes: 10_000 } })
    await using hasty = new ExecutorHarness({
      options,
      limits: { sweepMs: 10, connectMs: 500, headersMs: 500 },
    })

    const results = [
      ...(await bounded.crawl([`${long.origin}/no`, `${long.origin}/late`])),
      ...(await hasty.crawl([`${slow.origin}/no`, `${slow.origin}/late`])),
    ]

    expect(results.map(({ error }) => error)).toEqual(['E_ROBOTS', null, 'E_ROBOTS', null])
  })

  it('of a host that cannot be reached fails the task with the reason, and may be tried again', async () => {
    const server = await startScriptedServer(() => undefined)
    await server[Symbol.asyncDispose]()
    await using harness = new ExecutorHarness({ options })

    const result = await harness.one(server.origin)

    expect(result).toMatchObject({ outcome: 'failed', error: 'E_CONNECT', retryable: true })
    expect(result.message).toMatch(/^robots\.txt: could not connect/)
  })

  it('counts against the cap of its host without keeping the tasks from their permits', async () => {
    await using server = await startScriptedServer(
      byPath({
        '/robots.txt': redirect('/rules'),
        '/rules': robots('User-agent: *\nAllow: /'),
        '/page': response(''),
      }),
    )
    await using harness = new ExecutorHarness({ lanes: 6, options: { ...options, perHost: 1 } })

    const results = await harness.crawl(Array<string>(12).fill(`${server.origin}/page`))

    expect(results.every(({ outcome }) => outcome === 'ok')).toBe(true)
    expect([harness.held, Math.max(...harness.mostHeld.values())]).toEqual([0, 1])
  })

  it('is asked of every host a redirect leads to', async () => {
    await using other = await startScriptedServer(site(robots('User-agent: *\nDisallow: /')))
    await using server = await startScriptedServer(
      byPath({ '/go': redirect(`http://127.0.0.1:${other.port}/x`) }),
    )
    await using harness = new ExecutorHarness({ options: { ...options, privateNetwork: true } })

    expect((await harness.one(`${server.origin}/go`)).error).toBe('E_ROBOTS')
    expect(other.requests.length).toBe(1)
  })

  it('is given up by lanes that are aborted while it is fetched', async () => {
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>()
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      onAsked()
      await connection.closed
    })
    await using harness = new ExecutorHarness({ lanes: 3, options: { ...options, perHost: 2 } })

    const results = harness.crawl([`${server.origin}/a`, `${server.origin}/b`])
    await asked
    harness.abortAll()

    expect((await results).map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled'])
  })
})
