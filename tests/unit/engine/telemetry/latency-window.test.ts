import { describe, expect, it } from 'vitest'
import { LatencyWindow } from '../../../../engine/telemetry/latency-window.ts'
import { Histogram } from '../../../../shared/model/histogram.ts'

function add(window: LatencyWindow, atMs: number, ...samplesMs: readonly number[]): void {
  const histogram = new Histogram()
  for (const ms of samplesMs) histogram.record(ms)
  const { buckets, maxMs } = histogram.drain()
  window.add(atMs, buckets, maxMs)
}

describe('LatencyWindow', () => {
  it('merges what was told within the last second', () => {
    const window = new LatencyWindow()
    add(window, 100, 5)
    add(window, 600, 50, 60)
    expect([window.read(1_000).count, window.read(1_000).maxMs]).toEqual([3, 60])
    expect([window.read(1_100).count, window.read(1_601).count]).toEqual([2, 0])
  })

  it('has no percentile while nothing settles', () => {
    const window = new LatencyWindow()
    add(window, 100)
    expect(window.read(200).percentile(0.5)).toBeUndefined()
  })
})
