import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../shared/model/run.ts'
import { listOf } from '../../support/crawl-list.ts'
import { startCountingServer } from '../../support/counting-server.ts'
import { EngineBench } from '../../support/engine/engine-bench.ts'

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

const crawlOf = (pages: string, crawl: Record<string, unknown>, parallelism: Record<string, unknown>) => ({
  kind: 'crawl',
  inputs: [pages],
  crawl: { robots: false, ...crawl },
  parallelism,
})

const exitsOf = (events: readonly RunEvent[]): string[] =>
  events.flatMap(event => (event.type === 'worker.exited' ? [event.reason.split(':')[0]!] : []))

describe('a crawl whose processes are tuned', () => {
  it('grows from one to three and shrinks again, with every page fetched once', async () => {
    await using bench = new EngineBench()
    await using server = await startCountingServer({ latencyMs: 20 })
    const pages = 900
    const path = bench.write('pages.txt', listOf(server.origin, pages))
    const parallelism = { model: 'processes', processes: 1, inFlight: 2 }
    const run = await bench.start(crawlOf(path, {}, parallelism))
    await run.settled(30)
    await run.tune({ processes: 3 })
    const grown = await run.tick(({ workers }) => workers.filter(({ settled }) => settled > 0).length === 3)
    await run.tune({ processes: 1 })
    const shrunk = await run.tick(({ workers }) => workers.length === 1)
    const summary = await run.summary()

    expect(grown).toMatchObject({ steering: { processes: 3, inFlight: 2 }, limit: 6 })
    expect(shrunk).toMatchObject({
      steering: { processes: 1 },
      limit: 2,
      workers: [{ worker: 1, restarts: 0 }],
    })
    expect(shrunk.tasks.remaining).toBeGreaterThan(0)
    expect(summary.tasks).toMatchObject({ total: pages, ok: pages, failed: 0 })
    expect(exitsOf(run.events)).toEqual(['ended', 'ended', 'ended'])
    expect(bench.indexesIn('out.jsonl')).toEqual(range(pages))
    expect(server.requests.length).toBe(pages)
    expect(summary.parallelism).toEqual({ processes: 1, threads: 1, inFlight: 2, total: 2 })
  })
})
