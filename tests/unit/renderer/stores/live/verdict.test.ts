import { describe, expect, it } from 'vitest'

import { verdictOf, type Evidence } from '../../../../../renderer/stores/live/verdict.ts'

const evidence = (change: Partial<Evidence>): Evidence => ({
  kind: 'crawl',
  settled: 1_000,
  phases: { queueMs: 0, connectMs: 100, firstByteMs: 9_000, bodyMs: 400, cpuMs: 500 },
  inFlight: 64,
  limit: 64,
  loopRatio: 0.3,
  ...change,
})
const phases = (cpuMs: number, firstByteMs: number) => ({
  queueMs: 0,
  connectMs: 0,
  firstByteMs,
  bodyMs: 0,
  cpuMs,
})

describe('verdictOf', () => {
  it.each([
    ['waits, with every permit in use', {}, { is: 'waiting', cpuRatio: 0.05, isFull: true }],
    ['waits, with permits to spare', { inFlight: 20 }, { is: 'waiting', cpuRatio: 0.05, isFull: false }],
    ['computes', { phases: phases(900, 100) }, { is: 'cpu-bound', cpuRatio: 0.9 }],
    ['does both', { phases: phases(500, 500) }, { is: 'mixed', cpuRatio: 0.5 }],
    ['waits for its own event loops', { loopRatio: 0.95 }, { is: 'loop-bound', loopRatio: 0.95 }],
    ['has settled too little', { settled: 49 }, { is: 'unknown' }],
    ['has measured too little', { phases: phases(1, 50) }, { is: 'unknown' }],
    ['has measured nothing', { phases: phases(0, 0) }, { is: 'unknown' }],
  ] as const)('sees that a run %s', (_name, change, expected) => {
    expect(verdictOf(evidence(change))).toEqual(expected)
  })
})
