import { describe, expect, it } from 'vitest'
import { judgeAsserts, parseAssert } from '../../../../engine/telemetry/asserts.ts'

const facts = {
  tasks: { total: 1_000, ok: 985, failed: 10, skipped: 5, quarantined: 0, remaining: 0 },
  latencyMs: { p50: 3, p90: 5, p95: 6.5, p99: 9, max: 31 },
  throughputPerSec: 1_231.2,
  elapsedMs: 812.4,
  retries: 3,
}

describe('asserts', () => {
  it.each([
    'p95<200ms',
    'p95 < 0.2s',
    'p50<=3ms',
    'max>30ms',
    'failed<=1%',
    'failed<11',
    'ok>=98.5%',
    'quarantined==0',
    'throughput>100',
    'throughput > 1000/s',
    'elapsed<1s',
    'retries<4',
  ])('holds: %s', text => {
    expect(judgeAsserts([parseAssert(text)], facts)).toEqual([])
  })

  it('names the actual value of what does not hold', () => {
    const broken = ['p95<5ms', 'failed<1%', 'throughput>2000'].map(parseAssert)
    expect(judgeAsserts(broken, facts)).toEqual([
      'p95<5ms does not hold: p95 is 6.5ms',
      'failed<1% does not hold: failed is 1%',
      'throughput>2000 does not hold: throughput is 1231.2',
    ])
  })

  it('does not hold for a latency that nothing was measured for', () => {
    const nothing = { ...facts, latencyMs: { p50: null, p90: null, p95: null, p99: null, max: null } }
    expect(judgeAsserts([parseAssert('p95<200ms')], nothing)).toEqual([
      'p95<200ms does not hold: p95 has no value',
    ])
  })

  it.each([
    ['', 'cannot read the assert'],
    ['p95', 'cannot read the assert'],
    ['p97<200ms', 'an assert cannot judge "p97"'],
    ['p95<200', 'it needs a duration'],
    ['p95<1%', 'it needs a duration'],
    ['failed<1s', 'it needs a number'],
    ['throughput>5%', 'it needs a number'],
    ['failed<1/s', 'it needs a number'],
  ])('refuses %j and says why', (text, reason) => {
    expect(() => parseAssert(text)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
    expect(() => parseAssert(text)).toThrow(reason)
  })
})
