import { describe, expect, it } from 'vitest'
import { PhaseClock } from '../../../../../engine/executor/crawl/phase-clock.ts'
import { DEFAULT_LIMITS } from '../../../../../engine/executor/http/limits.ts'

const started = (timeoutMs = 60_000): PhaseClock => {
  const clock = new PhaseClock()
  clock.start(1_000, timeoutMs)
  return clock
}
const none = { bytes: 0, isPaused: false }
const due = (clock: PhaseClock, nowMs: number, phase: Parameters<PhaseClock['due']>[1], flow = none) =>
  clock.due(nowMs, phase, flow, DEFAULT_LIMITS)?.code ?? null

describe('PhaseClock', () => {
  it('allows each phase its time', () => {
    const clock = started()
    expect([
      due(clock, 11_000, 'connect'),
      due(clock, 11_001, 'connect'),
      due(clock, 11_001, 'resolve'),
    ]).toEqual([null, 'E_CONNECT', 'E_DNS'])
    clock.begin(20_000)
    expect([due(clock, 35_000, 'head'), due(clock, 35_001, 'head')]).toEqual([null, 'E_TIMEOUT_HEADERS'])
    expect([due(clock, 61_000, 'waiting'), due(clock, 61_001, 'waiting')]).toEqual([null, 'E_TIMEOUT_TOTAL'])
  })

  it('counts the idle time of a body from its last byte', () => {
    const clock = started(Infinity)
    expect(due(clock, 10_000, 'body', { bytes: 5_000, isPaused: false })).toBeNull()
    expect(due(clock, 24_000, 'body', { bytes: 9_000, isPaused: false })).toBeNull()
    expect(due(clock, 29_000, 'body', { bytes: 9_000, isPaused: false })).toBeNull()
    expect(due(clock, 39_001, 'body', { bytes: 9_000, isPaused: false })).toBe('E_TIMEOUT_BODY')
  })

  it('wants the least rate over each window, unless we ourselves hold the body up', () => {
    const slow = started(Infinity)
    const paused = started(Infinity)
    for (let at = 0; at <= 2; at += 1) {
      due(slow, 10_000 + at * 8_000, 'body', { bytes: at, isPaused: false })
      due(paused, 10_000 + at * 8_000, 'body', { bytes: at, isPaused: true })
    }
    expect(due(slow, 30_000, 'body', { bytes: 3, isPaused: false })).toBe('E_TOO_SLOW')
    expect(due(paused, 30_000, 'body', { bytes: 3, isPaused: true })).toBeNull()
  })

  it('takes time out in which the process stood still', () => {
    const clock = started()
    clock.shift(120_000)
    expect(due(clock, 125_000, 'connect')).toBeNull()
  })
})
