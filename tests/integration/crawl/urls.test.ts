import { describe, expect, it } from 'vitest'
import { Lane } from '../../../engine/worker/lane.ts'
import { CRAWL_LAYOUT } from '../../../shared/model/record-layout.ts'
import { ExecutorHarness } from '../../support/executor-harness.ts'
import { always, response, startScriptedServer } from '../../support/scripted-server.ts'

describe('lines of a URL list', () => {
  it('C43 that are no fetchable URL get a record of their own, without a request', async () => {
    await using harness = new ExecutorHarness({ lanes: 2 })
    const lines = [
      '',
      '#x',
      'example.com',
      'ftp://a/',
      'http://u:secret@h/',
      `http://h/${'x'.repeat(1_000_000)}`,
      'http://h:0/',
    ]

    const results = await harness.crawl(lines)

    expect(results.map(({ outcome, error }) => [outcome, error])).toEqual(
      [
        'E_URL_INVALID',
        'E_URL_INVALID',
        'E_URL_INVALID',
        'E_SCHEME_BLOCKED',
        'E_URL_INVALID',
        'E_URL_INVALID',
        'E_URL_INVALID',
      ].map(code => ['failed', code]),
    )
    expect(results[4]!.strings.url).toBe('http://***@h/')
    expect(results[5]!.strings.url!.length).toBe(8_192)
    expect(JSON.stringify(results)).not.toContain('secret')
    expect(results.every(({ numbers }) => numbers.status === null && numbers.links === -1)).toBe(true)
    expect(harness.counter('requests')).toBe(0)
  })

  it('are fetched as the parser normalises them, and recorded as they were written', async () => {
    await using server = await startScriptedServer(always(response('')))
    await using harness = new ExecutorHarness({ lanes: 1 })
    const written = [
      `  ${server.origin}/a/../b?q=\u00fc#frag `,
      `HTTP://127.1:${server.port}`,
      `${server.origin}/%7e'x`,
    ]

    const results = await harness.crawl(written)

    expect(server.requests.map(head => head.split(' ')[1])).toEqual(['/b?q=%C3%BC', '/', "/%7e'x"])
    expect(results.map(({ strings }) => [strings.url, strings.finalUrl])).toEqual(
      written.map(url => [url.trim(), null]),
    )
  })

  it('that the source refuses are described without being executed', async () => {
    await using harness = new ExecutorHarness()
    const lane = new Lane(0, CRAWL_LAYOUT, () => undefined)
    lane.reset()
    lane.input = ' http://h/x '
    harness.executor.describe(lane)

    expect(lane.strings[1]).toBe('http://h/x')
  })
})

describe('gateOf', () => {
  it('names the host of each URL, and nothing where there is none', async () => {
    await using harness = new ExecutorHarness()
    const gates = [
      'https://Example.com/a',
      'https://example.com/b',
      'http://127.0.0.1:80/',
      'http:///evil.example/',
      'nonsense',
      'http://[2606:4700::1]/',
    ]

    expect(gates.map(url => harness.executor.gateOf(url))).toEqual([
      'example.com:443',
      'example.com:443',
      '127.0.0.1:80',
      'evil.example:80',
      '',
      '[2606:4700::1]:80',
    ])
  })
})

describe('many origins', () => {
  it('keep a bounded number of connections', async () => {
    const servers = await Promise.all(
      Array.from({ length: 12 }, () => startScriptedServer(always(response('x')))),
    )
    await using harness = new ExecutorHarness({ lanes: 2, limits: { origins: 3 } })

    const results = await harness.crawl(
      Array.from({ length: 60 }, (_, at) => `${servers[at % 12]!.origin}/${at}`),
    )
    const open = await Promise.all(servers.map(server => server.openConnections()))

    expect(results.every(({ outcome }) => outcome === 'ok')).toBe(true)
    expect(open.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(6)
    for (const server of servers) await server[Symbol.asyncDispose]()
  })

  it('lose their connections after a while without requests', async () => {
    const { promise: gone, resolve: onGone } = Promise.withResolvers<void>()
    await using server = await startScriptedServer(async connection => {
      void connection.closed.then(onGone)
      while ((await connection.request()) !== null) connection.send(response('x'))
    })
    await using harness = new ExecutorHarness({ limits: { sweepMs: 10, originIdleMs: 60 } })
    await harness.one(server.origin)

    await gone
    expect((await harness.one(server.origin)).outcome).toBe('ok')
    expect(server.connections).toBe(2)
  })
})
