import { describe, expect, it } from 'vitest'
import type { HostPolicy } from '../../../../engine/executor/executor.ts'
import { LocalGates } from '../../../../engine/worker/gates.ts'

const policy = (given: Partial<HostPolicy> = {}): HostPolicy => ({
  capOf: () => 2,
  delayMs: 0,
  ratePerSec: null,
  ...given,
})

describe('LocalGates', () => {
  it('tells when a permit came back', () => {
    const gates = new LocalGates(policy({ capOf: () => 1 }))
    const changes: (string | null)[] = []
    gates.onChange = host => changes.push(host)
    expect([gates.tryHost('a', 0), gates.tryHost('a', 0)]).toEqual([0, Infinity])
    gates.leaveHost('a', 10, true)
    expect(changes).toEqual(['a'])
    expect(gates.tryHost('a', 10)).toBe(0)
  })

  it('tells when the next start after a delay is known', () => {
    const gates = new LocalGates(policy({ delayMs: 50 }))
    const changes: (string | null)[] = []
    gates.onChange = host => changes.push(host)
    expect([gates.tryHost('a', 0), gates.tryHost('a', 0)]).toEqual([0, Infinity])
    gates.startedHost('a', 20)
    expect(changes).toEqual(['a'])
    expect(gates.tryHost('a', 20)).toBe(70)
  })

  it('says when the next rate slot comes', () => {
    const gates = new LocalGates(policy({ ratePerSec: 10 }))
    expect(gates.tryRate(1_000)).toBe(0)
    expect(gates.tryRate(1_000)).toBeGreaterThan(1_000)
    expect(new LocalGates(policy()).tryRate(0)).toBe(0)
  })
})
