import { describe, expect, it } from 'vitest'
import type { RunEvent, WorkerTick } from '../../../shared/model/run.ts'
import { listOf } from '../../support/crawl-list.ts'
import { mostWithin, startCountingServer, type CountedRequest } from '../../support/counting-server.ts'
import { EngineBench } from '../../support/engine/engine-bench.ts'

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

const crawlOf = (input: string, crawl: object, parallelism: object): Record<string, unknown> => ({
  kind: 'crawl',
  inputs: [input],
  crawl: { robots: false, ...crawl },
  parallelism,
})

/** How each worker left: `ended` in order, otherwise by a death. */
const exitsOf = (events: readonly RunEvent[]): string[] =>
  events.flatMap(event => (event.type === 'worker.exited' ? [event.reason.split(':')[0]!] : []))

const isReady = ({ state }: WorkerTick): boolean => state === 'ready'

const since = (requests: readonly CountedRequest[], atMs: number): CountedRequest[] =>
  requests.filter(request => request.atMs >= atMs)

describe('a crawl whose workers are tuned', () => {
  it('grows from one process to three and shrinks again, with every page fetched once', async () => {
    await using bench = new EngineBench()
    await using server = await startCountingServer({ latencyMs: 20 })
    const pages = 900
    const list = bench.write('pages.txt', listOf(server.origin, pages))
    const run = await bench.start(crawlOf(list, {}, { model: 'processes', processes: 1, inFlight: 2 }))
    await run.settled(30)
    server.hold()
    await run.tune({ processes: 3 })
    await run.workers(3)
    server.release()
    const grown = await run.tick(({ workers }) => workers.every(({ settled }) => settled > 0))
    server.hold()
    await run.tick(({ inFlight }) => inFlight === 6)
    await run.tune({ processes: 1 })
    const leaving = await run.tick(({ steering }) => steering.processes === 1)
    server.release()
    const shrunk = await run.workers(1)
    const summary = await run.summary()

    expect(grown).toMatchObject({ steering: { processes: 3, inFlight: 2 }, limit: 6 })
    // Whoever leaves finishes what is in flight.
    expect(leaving).toMatchObject({ inFlight: 6, limit: 6 })
    expect(leaving.workers.map(({ state }) => state)).toEqual(['ready', 'draining', 'draining'])
    expect(shrunk).toMatchObject({
      steering: { processes: 1 },
      limit: 2,
      workers: [{ worker: 1, restarts: 0 }],
    })
    expect(shrunk.tasks.remaining).toBeGreaterThan(0)
    expect(summary.tasks).toMatchObject({ total: pages, ok: pages, failed: 0 })
    expect(summary.parallelism).toEqual({ processes: 1, threads: 1, inFlight: 2, total: 2 })
    expect(exitsOf(run.events)).toEqual(['ended', 'ended', 'ended'])
    expect(bench.indexesIn('out.jsonl')).toEqual(range(pages))
    expect(server.requests.length).toBe(pages)
  })

  it('changes both numbers of a hybrid, in processes that live too, over and over', async () => {
    await using bench = new EngineBench()
    await using server = await startCountingServer({ latencyMs: 10 })
    const pages = 2_000
    const list = bench.write('pages.txt', listOf(server.origin, pages))
    const parallelism = { model: 'hybrid', processes: 1, threads: 1, inFlight: 2 }
    const run = await bench.start(crawlOf(list, {}, parallelism))
    await run.settled(20)
    const shapes = [
      [2, 1],
      [2, 3],
      [1, 2],
      [3, 1],
      [1, 1],
    ] as const
    for (const [processes, threads] of shapes) {
      server.hold()
      await run.tune({ processes, threads })
      await run.tick(({ workers }) => workers.filter(isReady).length === processes * threads)
      server.release()
      const tick = await run.workers(processes * threads)
      expect(new Set(tick.workers.map(({ pid }) => pid)).size).toBe(processes)
    }
    const summary = await run.summary()

    expect(summary.tasks).toMatchObject({ total: pages, ok: pages })
    expect(new Set(exitsOf(run.events))).toEqual(new Set(['ended']))
    expect(bench.indexesIn('out.jsonl')).toEqual(range(pages))
    expect(server.requests.length).toBe(pages)
  })

  it('is tuned while it is paused, and goes on as tuned when it is resumed from its journal', async () => {
    await using bench = new EngineBench()
    await using server = await startCountingServer({ latencyMs: 10 })
    const pages = 400
    const list = bench.write('pages.txt', listOf(server.origin, pages))
    const parallelism = { model: 'processes', processes: 2, inFlight: 2 }
    const run = await bench.start(crawlOf(list, { ratePerSec: 100 }, parallelism))
    await run.settled(20)
    await run.pause(true)
    await run.tick(({ state, inFlight }) => state === 'paused' && inFlight === 0)
    const paused = server.requests.length
    await run.tune({ processes: 1, inFlight: 3, ratePerSec: 80, perHost: 3 })
    await run.tick(({ workers }) => workers.length === 1)
    await run.tune({ processes: 2 })
    await run.workers(2)
    expect(server.requests.length).toBe(paused)
    await run.pause(false)
    await run.settled(60)
    const stopped = await run.stop()
    expect(stopped.parallelism).toEqual({ processes: 2, threads: 1, inFlight: 3, total: 6 })

    const detail = await bench.client.call('runs.show', { runId: run.runId })
    expect(detail.parallelism).toMatchObject({ processes: 2, inFlight: 3 })
    const again = await bench.resume(run.runId)
    const first = await again.tick(({ state }) => state === 'running')
    expect(first.steering).toEqual({ processes: 2, threads: 1, inFlight: 3, ratePerSec: 80, perHost: 3 })
    expect((await again.summary()).tasks).toMatchObject({ total: pages, ok: pages })
    expect(bench.indexesIn('out.jsonl')).toEqual(range(pages))
  })
})

describe('a crawl whose bounds are tuned', () => {
  const MODELS = [
    ['loop', { model: 'loop', inFlight: 16 }],
    ['processes', { model: 'processes', processes: 2, inFlight: 8 }],
  ] as const

  it.each(MODELS)('keeps each cap of its host under %s', async (_, parallelism) => {
    await using bench = new EngineBench()
    await using server = await startCountingServer({ latencyMs: 25 })
    const pages = 1_500
    const list = bench.write('pages.txt', listOf(server.origin, pages))
    const run = await bench.start(crawlOf(list, {}, parallelism))
    const requests = async (count: number): Promise<void> => {
      const before = server.requests.length
      await run.tick(() => server.requests.length >= before + count)
    }
    const fill = async (inFlight: number): Promise<void> => {
      server.hold()
      await run.tick(tick => tick.inFlight === inFlight)
      server.release()
    }
    await fill(16)
    const most: number[] = []
    for (const perHost of [3, 6, 1, null]) {
      await run.tune({ perHost })
      // What was in flight before has ended when so many more have come.
      await requests(20)
      server.forgetMost()
      await fill(perHost ?? 16)
      await requests(20)
      most.push(server.mostInFlight)
    }
    const summary = await run.summary()

    expect(most).toEqual([3, 6, 1, 16])
    expect(summary.tasks).toMatchObject({ total: pages, ok: pages })
    expect(bench.indexesIn('out.jsonl')).toEqual(range(pages))
    expect(server.requests.length).toBe(pages)
  })

  it.each(MODELS)('keeps each rate under %s, and reaches it within a second', async (_, parallelism) => {
    await using bench = new EngineBench()
    await using server = await startCountingServer()
    const pages = 420
    const list = bench.write('pages.txt', listOf(server.origin, pages))
    const run = await bench.start(crawlOf(list, { ratePerSec: 0.2 }, parallelism))
    await run.tick(() => server.requests.length >= 1)
    for (const ratePerSec of [80, 20]) {
      await run.tune({ ratePerSec })
      const tunedAtMs = performance.now()
      await run.tick(() => performance.now() >= tunedAtMs + 2_500)
      const requests = since(server.requests, tunedAtMs + 100)
      const bunched = Math.ceil((ratePerSec * server.heldUpMs) / 1_000)
      expect(mostWithin(1_000, requests)).toBeLessThanOrEqual(ratePerSec + 1 + bunched)
      const early = since(server.requests, tunedAtMs).filter(({ atMs }) => atMs < tunedAtMs + 1_000)
      expect(early.length).toBeGreaterThan(ratePerSec / 4)
    }
    await run.tune({ ratePerSec: null })
    expect((await run.summary()).tasks).toMatchObject({ total: pages, ok: pages })
    expect(server.requests.length).toBe(pages)
    expect(bench.indexesIn('out.jsonl')).toEqual(range(pages))
  })

  it('hold for workers that come later', async () => {
    await using bench = new EngineBench()
    await using server = await startCountingServer()
    const pages = 300
    const list = bench.write('pages.txt', listOf(server.origin, pages))
    const parallelism = { model: 'threads', threads: 1, inFlight: 8 }
    const run = await bench.start(crawlOf(list, { ratePerSec: 20 }, parallelism))
    await run.settled(5)
    server.hold()
    await run.tune({ threads: 3, ratePerSec: 40 })
    await run.workers(3)
    server.release()
    await run.tick(({ workers }) => workers.every(({ settled }) => settled > 0))
    const fromMs = performance.now()
    const summary = await run.summary()

    const bunched = Math.ceil((40 * server.heldUpMs) / 1_000)
    expect(mostWithin(1_000, since(server.requests, fromMs))).toBeLessThanOrEqual(41 + bunched)
    expect(summary.tasks).toMatchObject({ total: pages, ok: pages })
    expect(server.requests.length).toBe(pages)
  })
})

describe('a cpu run whose threads are tuned', () => {
  it('grows and shrinks, and computes what one that nobody touched does', { timeout: 60_000 }, async () => {
    await using bench = new EngineBench()
    const cpu = { kernel: 'primes', tasks: 1_000, size: 3_000 }
    const plain = await bench.start({ kind: 'cpu', cpu, parallelism: { model: 'loop' } }, 'plain.jsonl')
    const { digest } = await plain.summary()
    const run = await bench.start({ kind: 'cpu', cpu, parallelism: { model: 'threads', threads: 1 } })
    await run.settled(20)
    await run.pause(true)
    await run.tune({ threads: 3 })
    await run.workers(3)
    await run.pause(false)
    await run.tick(({ workers }) => workers.every(({ settled }) => settled > 0))
    await run.pause(true)
    await run.tune({ threads: 2 })
    await run.workers(2)
    await run.pause(false)
    const summary = await run.summary()

    expect(digest).toMatch(/^[0-9a-f]{16}$/)
    expect({ ok: summary.tasks.ok, digest: summary.digest }).toEqual({ ok: 1_000, digest })
    expect(exitsOf(run.events)).toEqual(['ended', 'ended', 'ended'])
    expect(bench.indexesIn('out.jsonl')).toEqual(range(1_000))
  })

  it('refuses a second worker of a loop, and says why', async () => {
    await using bench = new EngineBench()
    const cpu = { kernel: 'primes', tasks: 300, size: 4_000 }
    const run = await bench.start({ kind: 'cpu', cpu, parallelism: { model: 'loop' } })
    await expect(run.tune({ processes: 2 })).rejects.toMatchObject({ code: 'E_CONFIG' })
    await run.stop()
    await run.tune({ inFlight: 9 })
    expect(run.events.map(({ type }) => type)).not.toContain('run.tuned')
  })
})
