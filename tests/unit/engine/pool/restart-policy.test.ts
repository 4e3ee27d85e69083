import { describe, expect, it } from 'vitest'
import { RestartPolicy } from '../../../../engine/pool/restart-policy.ts'

const policyOf = (random = 1): RestartPolicy => new RestartPolicy(() => random)

describe('RestartPolicy', () => {
  it('waits longer after each death without progress, for a random part of it', () => {
    const policy = policyOf()
    expect([0, 1, 2, 3, 4].map(minute => policy.onDeath(minute * 61_000, false))).toEqual([
      200, 400, 800, 1_600, 3_200,
    ])
    expect(policyOf(0.25).onDeath(0, false)).toBe(50)
  })

  it('waits half a minute at most', () => {
    const policy = policyOf()
    const delays = Array.from({ length: 12 }, (_, minute) => policy.onDeath(minute * 61_000, false))
    expect(delays.at(-1)).toBe(30_000)
  })

  it('restarts at once after progress, however often, and begins anew', () => {
    const policy = policyOf()
    policy.onDeath(0, false)
    policy.onDeath(1, false)
    expect(Array.from({ length: 100 }, (_, at) => policy.onDeath(at, true))).toEqual(Array(100).fill(0))
    expect(policy.onDeath(200, false)).toBe(200)
  })

  it('restarts at once after a death that is explained, and does not count it', () => {
    const policy = policyOf()
    for (let at = 0; at < 50; at += 1) expect(policy.onExplainedDeath()).toBe(0)
    expect(policy.onDeath(0, false)).toBe(200)
  })

  it('gives up at the sixth death without progress within a minute', () => {
    const policy = policyOf(0)
    expect([0, 1, 2, 3, 4, 59_999].map(atMs => policy.onDeath(atMs, false))).toEqual([0, 0, 0, 0, 0, null])
  })

  it('goes on when the sixth comes later', () => {
    const policy = policyOf(0)
    expect([0, 1, 2, 3, 4, 60_001].map(atMs => policy.onDeath(atMs, false))).toEqual([0, 0, 0, 0, 0, 0])
  })
})
