import { describe, expect, it } from 'vitest'
import { allowedSilenceMs, firstSilenceMs } from '../../../../engine/run/silence.ts'
import { Histogram } from '../../../../shared/model/histogram.ts'

const HOUR_MS = 3_600_000

describe('how long a worker of synchronous tasks may be silent', () => {
  it('is twenty times what the longest task took, and ten seconds at least', () => {
    const latency = new Histogram()
    expect(allowedSilenceMs(latency, 7)).toBe(7)
    latency.record(3)
    expect(allowedSilenceMs(latency, 7)).toBe(10_000)
    latency.record(60_000)
    expect(allowedSilenceMs(latency, 7)).toBe(20 * 60_000)
  })

  it('is five minutes before the first one of a usual size, and more than a large one can take', () => {
    expect(firstSilenceMs({ kernel: 'sha256', size: null }, 1)).toBe(300_000)
    expect(firstSilenceMs({ kernel: 'matrix', size: 512 }, 1)).toBe(300_000)
    // 4,096 times the work of one of 128.
    expect(firstSilenceMs({ kernel: 'matrix', size: 2_048 }, 1)).toBe(4_096_000)
    expect(firstSilenceMs({ kernel: 'mandelbrot', size: 65_535 }, 1)).toBeGreaterThan(24 * HOUR_MS)
    expect(firstSilenceMs({ kernel: 'sha256', size: 1_000_000_000 }, 1)).toBeGreaterThan(24 * HOUR_MS)
  })

  it('is longer where many workers share a CPU', () => {
    expect(firstSilenceMs({ kernel: 'primes', size: null }, 128)).toBe(128 * 300_000)
  })
})
