import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HostPolicy } from '../../../../engine/executor/executor.ts'
import { GateKeeper } from '../../../../engine/run/gate-keeper.ts'
import type { ToWorker } from '../../../../engine/worker/protocol.ts'
import { busiestSecond } from '../../../support/engine/busiest-second.ts'
import { seededRandom } from '../../../support/engine/random.ts'
import { SimulatedCrawl, type CrawlShape } from '../../../support/engine/simulated-crawl.ts'

const policy = (given: Partial<HostPolicy> = {}): HostPolicy => ({
  capOf: () => Infinity,
  delayMs: 0,
  ratePerSec: null,
  ...given,
})

function* repeated(host: string, times: number): Generator<string, void, undefined> {
  for (let at = 0; at < times; at += 1) yield host
}

function simulate(
  given: Partial<CrawlShape> & Pick<CrawlShape, 'policy' | 'hostsOf'>,
  seed: number,
): SimulatedCrawl {
  const random = seededRandom(seed)
  return new SimulatedCrawl({
    workers: 2,
    permits: 8,
    random,
    messageMs: 2,
    latencyMs: () => 1 + 20 * random(),
    ...given,
  })
}

function keep(given: Partial<HostPolicy>): { keeper: GateKeeper; sent: [slot: number, message: ToWorker][] } {
  const sent: [number, ToWorker][] = []
  const keeper = new GateKeeper(policy(given), (slot, message) => sent.push([slot, message]), Date.now)
  return { keeper, sent }
}

const grant = (slot: number): [number, ToWorker] => [slot, { type: 'host.grant', host: 'a', count: 1 }]
const recall = (slot: number): [number, ToWorker] => [slot, { type: 'host.recall', host: 'a' }]
const ask = { type: 'host.ask', host: 'a', count: 1 } as const
const giveBack = { type: 'host.return', host: 'a', count: 1 } as const

beforeEach(() => {
  vi.useFakeTimers({ now: 5_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('GateKeeper', () => {
  it('grants in order of arrival, as permits come back', () => {
    const { keeper, sent } = keep({ capOf: () => 1 })
    for (const slot of [0, 1, 2]) keeper.handle(slot, ask)
    expect(sent.splice(0)).toEqual([grant(0), recall(0)])
    keeper.handle(0, giveBack)
    expect(sent.splice(0)).toEqual([grant(1), recall(1)])
    keeper.handle(1, giveBack)
    expect(sent.splice(0)).toEqual([grant(2)])
  })

  it('asks nobody to give back what nobody else needs more', () => {
    const { keeper, sent } = keep({ capOf: () => 4 })
    for (const slot of [0, 1, 0, 1, 0, 1]) keeper.handle(slot, ask)
    expect(sent).toEqual([grant(0), grant(1), grant(0), grant(1)])
  })

  it('asks the rich once, until they are granted again', () => {
    const { keeper, sent } = keep({ capOf: () => 3 })
    for (const slot of [0, 0, 0, 0, 1, 2]) keeper.handle(slot, ask)
    expect(sent.splice(0)).toEqual([grant(0), grant(0), grant(0), recall(0)])
    keeper.handle(0, giveBack)
    expect(sent.splice(0)).toEqual([grant(0), recall(0)])
    keeper.handle(0, giveBack)
    keeper.handle(0, giveBack)
    expect(sent.splice(0)).toEqual([grant(1), recall(1), grant(2)])
  })

  it('takes back what a lost worker held, and forgets what it waited for', () => {
    const { keeper, sent } = keep({ capOf: () => 2 })
    for (const slot of [0, 0, 0, 1, 1]) keeper.handle(slot, ask)
    sent.length = 0
    keeper.lost(0)
    expect(sent).toEqual([grant(1), grant(1)])
    keeper.lost(1)
    keeper.handle(2, ask)
    expect(sent.at(-1)).toEqual(grant(2))
  })

  it('takes back no more than a worker holds', () => {
    const { keeper, sent } = keep({ capOf: () => 1 })
    keeper.handle(0, ask)
    keeper.handle(1, ask)
    sent.length = 0
    keeper.handle(1, giveBack)
    keeper.handle(0, { type: 'host.return', host: 'never asked for', count: 3 })
    expect(sent).toEqual([])
    keeper.handle(0, { ...giveBack, count: 100 })
    expect(sent).toEqual([grant(1)])
  })

  it('leaves no timer behind when it is closed', () => {
    const { keeper } = keep({ delayMs: 100 })
    keeper.handle(0, ask)
    keeper.handle(0, { type: 'host.started', host: 'a' })
    keeper.handle(0, ask)
    expect(vi.getTimerCount()).toBe(1)
    keeper.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the rate over all workers', () => {
  const cases = [1, 2.5, 10, 97, 600, 2_000, 5_000].flatMap(rate =>
    [1, 2, 4].map(workers => ({ rate, workers })),
  )

  it.each(cases)('holds in every second, and is reached: $rate/s, $workers workers', ({ rate, workers }) => {
    const crawl = simulate(
      {
        workers,
        permits: 64,
        policy: policy({ ratePerSec: rate }),
        hostsOf: () => repeated('a', Infinity),
        redirectRatio: 0.1,
      },
      rate * 10 + workers,
    )
    crawl.pumpAll()
    const elapsedMs = Math.max(2_000, 10_000 / rate)
    vi.advanceTimersByTime(elapsedMs)
    crawl.close()

    const startsMs = crawl.starts.map(start => start.atMs)
    expect(busiestSecond(startsMs)).toBeLessThanOrEqual(Math.floor(rate) + 1)
    expect(startsMs.length + 1).toBeGreaterThanOrEqual((0.97 * rate * elapsedMs) / 1_000)
  })

  it('is kept by workers of which some have nothing to do', () => {
    const crawl = simulate(
      {
        workers: 4,
        policy: policy({ ratePerSec: 50 }),
        hostsOf: worker => repeated('a', worker === 0 ? Infinity : 3),
      },
      1,
    )
    crawl.pumpAll()
    // The idle ones let the slots go that they had asked for ahead.
    vi.advanceTimersByTime(1_000)
    const before = crawl.starts.length
    vi.advanceTimersByTime(10_000)
    crawl.close()
    expect(crawl.starts.length - before).toBeGreaterThanOrEqual(0.97 * 500)
    expect(busiestSecond(crawl.starts.map(start => start.atMs))).toBeLessThanOrEqual(51)
  })
})

describe('the cap of a host over all workers', () => {
  it('holds, loses no permit and starves nobody, whoever dies', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(0, 0.5),
        fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 200 }), worker: fc.nat(3) }), {
          maxLength: 6,
        }),
        fc.nat(),
        (workers, permits, cap, redirectRatio, deaths, seed) => {
          const tasks = 40
          const random = seededRandom(seed)
          const crawl = simulate(
            {
              workers,
              permits,
              policy: policy({ capOf: host => (host === 'a' ? cap : 1) }),
              hostsOf: () => Array.from({ length: tasks }, () => (random() < 0.7 ? 'a' : 'b')),
              redirectRatio,
            },
            seed,
          )
          crawl.pumpAll()
          for (const { afterMs, worker } of deaths) {
            vi.advanceTimersByTime(afterMs)
            if (workers > 1) crawl.kill(worker % workers)
          }
          vi.advanceTimersByTime(60_000)
          crawl.close()

          expect(crawl.settled).toBe(workers * tasks)
          expect(crawl.peaks.get('a') ?? 0).toBeLessThanOrEqual(cap)
          expect(crawl.peaks.get('b') ?? 0).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each([1, 2, 3, 8])('is shared fairly by workers that could use all of it (cap %d)', cap => {
    const crawl = simulate(
      { workers: 4, policy: policy({ capOf: () => cap }), hostsOf: () => repeated('a', Infinity) },
      cap,
    )
    crawl.pumpAll()
    vi.advanceTimersByTime(20_000)
    crawl.close()
    const settled = crawl.workers.map(worker => worker.settled)
    expect(Math.min(...settled)).toBeGreaterThan(0.6 * Math.max(...settled))
  })

  it('is used by one worker alone as if it were its own', () => {
    const crawl = simulate(
      {
        workers: 4,
        permits: 4,
        policy: policy({ capOf: () => 4 }),
        hostsOf: worker => repeated('a', worker === 0 ? Infinity : 0),
        latencyMs: () => 10,
        messageMs: 0,
      },
      1,
    )
    crawl.pumpAll()
    vi.advanceTimersByTime(10_000)
    crawl.close()
    expect(crawl.settled).toBeGreaterThan(0.97 * 4_000)
  })
})

describe('the delay of a host over all workers', () => {
  it('lies between any two starts, also when a lane or a rate slot is long in coming', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 120 }),
        fc.constantFrom(null, 7, 40),
        fc.nat(),
        (workers, permits, cap, delayMs, ratePerSec, seed) => {
          const random = seededRandom(seed)
          const crawl = simulate(
            {
              workers,
              permits,
              policy: policy({ capOf: () => cap, delayMs, ratePerSec }),
              hostsOf: () => Array.from({ length: 12 }, () => (random() < 0.5 ? 'a' : 'b')),
              redirectRatio: 0.3,
            },
            seed,
          )
          crawl.pumpAll()
          vi.advanceTimersByTime(60_000)
          crawl.close()

          expect(crawl.settled).toBe(workers * 12)
          for (const host of ['a', 'b']) {
            const startsMs = crawl.starts.filter(start => start.host === host).map(start => start.atMs)
            const gaps = startsMs.slice(1).map((atMs, before) => atMs - startsMs[before]!)
            expect(Math.min(Infinity, ...gaps)).toBeGreaterThanOrEqual(delayMs)
            expect(crawl.peaks.get(host) ?? 0).toBeLessThanOrEqual(cap)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('bounds that are changed', () => {
  const MESSAGE_MS = 2

  it('let nothing start beyond a cap that was changed meanwhile, and lose no permit, whoever dies', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(0, 0.5),
        fc.array(
          fc.record({
            afterMs: fc.integer({ min: 0, max: 60 }),
            cap: fc.constantFrom(1, 2, 5, Infinity),
            killed: fc.option(fc.nat(3)),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        fc.nat(),
        (workers, redirectRatio, changes, seed) => {
          const tasks = 60
          const random = seededRandom(seed)
          const crawl = simulate(
            {
              workers,
              messageMs: MESSAGE_MS,
              policy: policy({ capOf: () => 3 }),
              hostsOf: () => Array.from({ length: tasks }, () => (random() < 0.7 ? 'a' : 'b')),
              redirectRatio,
            },
            seed,
          )
          const eras = [{ sinceMs: Date.now(), cap: 3 }]
          crawl.pumpAll()
          for (const { afterMs, cap, killed } of changes) {
            vi.advanceTimersByTime(afterMs)
            eras.push({ sinceMs: Date.now(), cap })
            crawl.use(policy({ capOf: () => cap }))
            if (killed !== null && workers > 1) crawl.kill(killed % workers)
          }
          vi.advanceTimersByTime(60_000)
          crawl.close()

          expect(crawl.settled).toBe(workers * tasks)
          for (const { atMs, inFlight } of crawl.starts) {
            // A worker knows of a change once its message has come.
            const caps = eras.filter(({ sinceMs }, at) => {
              const until = eras[at + 1]?.sinceMs ?? Infinity
              return sinceMs <= atMs && atMs <= until + MESSAGE_MS
            })
            expect(inFlight).toBeLessThanOrEqual(Math.max(...caps.map(({ cap }) => cap)))
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it.each([1, 2, 4])('are in effect at once, raised, lowered or lifted (%d workers)', workers => {
    const crawl = simulate(
      { workers, policy: policy({ capOf: () => 2 }), hostsOf: () => repeated('a', Infinity), permits: 8 },
      workers,
    )
    const inFlightUnder = (cap: number): number => {
      crawl.use(policy({ capOf: () => cap }))
      vi.advanceTimersByTime(100)
      return crawl.inFlightOf('a')
    }
    crawl.pumpAll()
    const all = 8 * workers
    expect([6, 1, Infinity, 3, 5].map(inFlightUnder)).toEqual([6, 1, all, 3, 5])
    crawl.close()
  })

  it.each([1, 2, 4])(
    'hold for the rate of every second after a change, and it is reached (%d workers)',
    workers => {
      const crawl = simulate(
        { workers, policy: policy({ ratePerSec: 0.2 }), hostsOf: () => repeated('a', Infinity), permits: 64 },
        workers,
      )
      crawl.pumpAll()
      vi.advanceTimersByTime(100)
      for (const rate of [50, 5, 400, null, 20, 1]) {
        crawl.use(policy({ ratePerSec: rate }))
        vi.advanceTimersByTime(MESSAGE_MS)
        const before = crawl.starts.length
        vi.advanceTimersByTime(4_000)
        const startsMs = crawl.starts.slice(before).map(({ atMs }) => atMs)
        if (rate !== null) expect(busiestSecond(startsMs)).toBeLessThanOrEqual(rate + 1)
        expect(startsMs.length + 1).toBeGreaterThanOrEqual(0.9 * 4 * (rate ?? 500))
      }
      crawl.close()
    },
  )
})
