import { describe, expect, it } from 'vitest'
import { ThroughputWindow } from '../../../../engine/telemetry/throughput-window.ts'

describe('ThroughputWindow', () => {
  it('knows nothing before two samples at different times', () => {
    const window = new ThroughputWindow()
    expect(window.perSec).toBe(0)
    window.sample(0, 5)
    expect(window.perSec).toBe(0)
    window.sample(0, 9)
    expect(window.perSec).toBe(0)
  })

  it('is what settled within the last second', () => {
    const window = new ThroughputWindow()
    for (let tick = 0; tick <= 10; tick += 1) window.sample(tick * 200, tick * 20)
    expect(window.perSec).toBe(100)
    for (let tick = 11; tick <= 15; tick += 1) window.sample(tick * 200, 200 + (tick - 10) * 200)
    expect(window.perSec).toBe(1_000)
  })

  it('falls to zero when nothing settles any more', () => {
    const window = new ThroughputWindow()
    window.sample(0, 0)
    window.sample(200, 500)
    for (let tick = 2; tick <= 7; tick += 1) window.sample(tick * 200, 500)
    expect(window.perSec).toBe(0)
  })

  it('bridges a gap that is longer than its window', () => {
    const window = new ThroughputWindow()
    window.sample(0, 0)
    window.sample(10_000, 1_000)
    expect(window.perSec).toBe(100)
  })
})
