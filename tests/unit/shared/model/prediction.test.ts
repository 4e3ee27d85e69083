import { describe, expect, it } from 'vitest'

import { predict, shortagesOf } from '../../../../shared/model/prediction.ts'

const MEBIBYTE = 2 ** 20
const of = (processes: number, threads: number, inFlight: number) => ({ processes, threads, inFlight })

describe('the prediction of a run', () => {
  it('has a socket for each request in flight of a crawl', () => {
    const { sockets, tasksInFlight } = predict({ kind: 'crawl', target: null, parallelism: of(2, 3, 64) })
    expect({ sockets, tasksInFlight }).toEqual({ sockets: 384, tasksInFlight: 384 })
  })

  it('has a socket for each worker that loads into Redis, and none for other loads and computing', () => {
    const parallelism = of(4, 1, 8)
    const sockets = [
      predict({ kind: 'load', target: 'redis', parallelism }),
      predict({ kind: 'load', target: 'sqlite', parallelism }),
      predict({ kind: 'cpu', target: null, parallelism }),
    ].map(prediction => prediction.sockets)
    expect(sockets).toEqual([4, 0, 0])
  })

  // Measured: docs/benchmarks.md, "Memory by parallelism".
  it.each([
    ['crawl', of(1, 1, 64), 208],
    ['crawl', of(1, 1, 2_048), 280],
    ['crawl', of(4, 1, 64), 515],
    ['crawl', of(1, 4, 64), 327],
    ['cpu', of(4, 1, 1), 357],
    ['cpu', of(1, 4, 1), 228],
    ['load', of(4, 1, 4), 439],
    ['load', of(1, 4, 4), 306],
  ] as const)('is within a tenth of what was measured: %s %o', (kind, parallelism, measuredMiB) => {
    const { memoryBytes } = predict({ kind, target: null, parallelism })
    expect(Math.abs(memoryBytes / MEBIBYTE / measuredMiB - 1)).toBeLessThan(0.1)
  })
})

describe('what a machine lacks for a run', () => {
  const memory = { totalBytes: 8 * 2 ** 30, limitBytes: null }
  const prediction = predict({ kind: 'crawl', target: null, parallelism: of(2, 2, 1_000) })

  it('is descriptors where one process would open more than it may', () => {
    const needed = prediction.descriptorsPerProcess
    expect(needed).toBeGreaterThan(2_000)
    expect(shortagesOf(prediction, { descriptorLimit: 1_024, memory })).toEqual([
      { what: 'descriptors', needed, limit: 1_024 },
    ])
  })

  it('is memory where the machine, or the limit of a container, has less', () => {
    const limitBytes = 256 * MEBIBYTE
    expect(shortagesOf(prediction, { descriptorLimit: null, memory: { ...memory, limitBytes } })).toEqual([
      { what: 'memory', needed: prediction.memoryBytes, limit: limitBytes },
    ])
  })

  it('is nothing where all fits or no limit is known', () => {
    expect(shortagesOf(prediction, { descriptorLimit: 65_536, memory })).toEqual([])
  })
})
