import { describe, expect, it } from 'vitest'
import { Workbench } from '../../support/cli.ts'
import { mostWithin, startCountingServer } from '../../support/counting-server.ts'
import { crawlFlagsOf, listOf } from '../../support/crawl-list.ts'
import { response, startScriptedServer } from '../../support/scripted-server.ts'

const WORKING_MODELS = ['loop', 'threads', 'processes'] as const

describe('--per-host', () => {
  it.each(WORKING_MODELS)('is never exceeded at any server by all workers of %s together', async model => {
    await using bench = new Workbench()
    await using one = await startCountingServer({ latencyMs: 20 })
    await using other = await startCountingServer({ latencyMs: 5 })
    bench.write('pages.txt', listOf(one.origin, 100) + listOf(other.origin, 100))
    const { code, summary } = await bench.crawl(['pages.txt', ...crawlFlagsOf(model), '--per-host', '3'])

    expect({ code, ok: summary.tasks.ok }).toEqual({ code: 0, ok: 200 })
    expect(one.mostInFlight).toBeLessThanOrEqual(3)
    expect(other.mostInFlight).toBeLessThanOrEqual(3)
    expect([one.requests.length, other.requests.length]).toEqual([100, 100])
  })

  it('1 serves one host strictly one after the other, retries included', async () => {
    await using bench = new Workbench()
    const statusOf = (target: string, count: number) => (target.endsWith('3') && count === 1 ? 503 : 200)
    await using server = await startCountingServer({ latencyMs: 5, statusOf })
    bench.write('pages.txt', listOf(server.origin, 30))
    const flags = [...crawlFlagsOf('processes'), '--per-host', '1']
    const { code, summary } = await bench.crawl(['pages.txt', ...flags])

    expect({ code, ok: summary.tasks.ok, retries: summary.retries }).toEqual({ code: 0, ok: 30, retries: 3 })
    expect(server.mostInFlight).toBe(1)
    expect(server.requests.length).toBe(33)
  })
})

describe('--rate', () => {
  const RATE = 50

  it.each(WORKING_MODELS)('bounds the requests of every second under %s, retries included', async model => {
    await using bench = new Workbench()
    const statusOf = (target: string, count: number) => (target.endsWith('7') && count === 1 ? 503 : 200)
    await using server = await startCountingServer({ statusOf })
    bench.write('pages.txt', listOf(server.origin, 150))
    const flags = [...crawlFlagsOf(model), '--rate', String(RATE)]
    const { code, summary } = await bench.crawl(['pages.txt', ...flags])

    expect({ code, ok: summary.tasks.ok, requests: server.requests.length }).toEqual({
      code: 0,
      ok: 150,
      requests: 165,
    })
    // A server that was kept from its clock sees what came meanwhile at one moment.
    const bunched = Math.ceil((RATE * server.heldUpMs) / 1_000)
    expect(mostWithin(1_000, server.requests)).toBeLessThanOrEqual(RATE + 1 + bunched)
  })
})

describe('--delay', () => {
  it.each(WORKING_MODELS)('passes between any two requests to a host under %s', async model => {
    await using bench = new Workbench()
    await using server = await startCountingServer()
    bench.write('pages.txt', listOf(server.origin, 15))
    const flags = [...crawlFlagsOf(model), '--delay', '100ms']
    const { code, results } = await bench.crawl(['pages.txt', ...flags])
    const times = server.requests.map(({ atMs }) => atMs)
    const gaps = server.requests.slice(1).map(({ atMs }, before) => {
      const { target, atMs: beforeMs } = server.requests[before]!
      // A request may reach the server up to its whole duration after its start, and shorten the gap to the next.
      const { totalMs } = results.find(({ url }) => url.endsWith(target))!
      return atMs - beforeMs + Number(totalMs)
    })

    expect({ code, requests: times.length }).toEqual({ code: 0, requests: 15 })
    expect(Math.min(...gaps)).toBeGreaterThan(100 - 10 - server.heldUpMs)
    // No held-up clock can make the whole shorter.
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(14 * 100 - 100 - server.heldUpMs)
  })
})

describe('a host that refuses', () => {
  it('C38 is left alone by every worker, and the others are not', async () => {
    await using bench = new Workbench()
    await using site = await startCountingServer({ latencyMs: 5 })
    const refusals: number[] = []
    const asked: number[] = []
    await using busy = await startScriptedServer(async connection => {
      while ((await connection.request()) !== null) {
        asked.push(performance.now())
        // It answers again when it was left alone twice.
        const isBusy = asked.length <= 8
        if (isBusy) refusals.push(performance.now())
        connection.send(
          isBusy ? response('', { status: '429 No', headers: ['Retry-After: 1'] }) : response('fine'),
        )
      }
    })
    const urls = listOf(site.origin, 300).trimEnd().split('\n')
    const mixed = urls.flatMap((url, at) => (at % 20 === 0 ? [`${busy.origin}/${at}`, url] : [url]))
    bench.write('pages.txt', `${mixed.join('\n')}\n`)
    const flags = ['--model', 'processes', '--processes', '2', '--in-flight', '2', '--retries', '9']
    const { code, summary } = await bench.crawl(['pages.txt', ...flags])

    expect({ code, ok: summary.tasks.ok }).toEqual({ code: 0, ok: 315 })
    // What the workers had in flight when they were refused first may come within the second; nothing else does.
    const first = refusals[0]!
    expect(asked.filter(atMs => atMs > first && atMs < first + 950).length).toBeLessThan(4)
    const lastHonest = site.requests.at(-1)!
    expect(asked.filter(atMs => atMs > lastHonest.atMs).length).toBeGreaterThanOrEqual(8)
  })
})
