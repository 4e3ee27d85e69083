import { expect, it } from 'vitest'
import { PermitLimit } from '../../../../engine/run/permit-limit.ts'

const limitOf = (
  kind: 'crawl' | 'load',
  model: 'loop' | 'processes' | 'hybrid',
  descriptors: number | null,
) => new PermitLimit({ kind, descriptors, parallelism: { model, threads: 4 } })

it('keeps requests below what a process may open, and says why', () => {
  const limit = limitOf('crawl', 'loop', 256)
  expect([limit.permits(1_000, 1), limit.permits(100, 1)]).toEqual([153, 100])
  expect([limit.reason(1_000, 1), limit.reason(100, 1)]).toEqual([
    '153 requests in flight a worker instead of 1000: a process may open 256 files (ulimit -n)',
    null,
  ])
})

it('shares the descriptors of a process among its threads, and leaves each at least one request', () => {
  expect(limitOf('crawl', 'hybrid', 256).permits(1_000, 4)).toBe(38)
  expect(limitOf('crawl', 'processes', 256).permits(1_000, 4)).toBe(153)
  expect(limitOf('crawl', 'hybrid', 4).permits(1_000, 4)).toBe(1)
})

it('leaves alone what has no connection for each task, and systems that do not tell', () => {
  expect(limitOf('load', 'loop', 256).permits(1_000, 1)).toBe(1_000)
  expect(limitOf('crawl', 'loop', null).permits(1_000, 1)).toBe(1_000)
})
