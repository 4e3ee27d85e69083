import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StopClock } from '../../../../engine/run/stop-clock.ts'
import { PHASE, type Phase } from '../../../../shared/model/run.ts'

function setUp(): { clock: StopClock; phases: [atMs: number, phase: Phase][] } {
  const phases: [number, Phase][] = []
  return { clock: new StopClock(phase => phases.push([Date.now(), phase])), phases }
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('StopClock', () => {
  it.each([PHASE.stop, PHASE.drain])(
    'goes from phase %d to abort after 5 s, and to kill 2 s later',
    phase => {
      const { clock, phases } = setUp()
      clock.raise(phase)
      vi.advanceTimersByTime(60_000)
      expect(phases).toEqual([
        [0, phase],
        [5_000, PHASE.abort],
        [7_000, PHASE.kill],
      ])
    },
  )

  it('is raised by a second stop at once, and by a third to the end', () => {
    const { clock, phases } = setUp()
    clock.raise(PHASE.drain)
    vi.advanceTimersByTime(100)
    clock.raise(PHASE.abort)
    vi.advanceTimersByTime(100)
    clock.raise(PHASE.kill)
    vi.advanceTimersByTime(60_000)
    expect(phases).toEqual([
      [0, PHASE.drain],
      [100, PHASE.abort],
      [200, PHASE.kill],
    ])
  })

  it('never goes back, and enters each phase once', () => {
    const { clock, phases } = setUp()
    for (const phase of [PHASE.abort, PHASE.abort, PHASE.drain, PHASE.stop]) clock.raise(phase)
    expect(phases).toEqual([[0, PHASE.abort]])
    clock.close()
  })

  it('raises nothing once everything has left', () => {
    const { clock, phases } = setUp()
    clock.raise(PHASE.drain)
    clock.close()
    clock.raise(PHASE.kill)
    vi.advanceTimersByTime(60_000)
    expect(phases).toEqual([[0, PHASE.drain]])
  })
})
