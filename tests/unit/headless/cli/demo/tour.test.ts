import { describe, expect, it } from 'vitest'

import { demoSteps } from '../../../../../headless/cli/demo/steps.ts'
import { takeTour, TOUR_MS, type StepResult } from '../../../../../headless/cli/demo/tour.ts'

const steps = demoSteps(2)

/** A tour whose runs each take as long as `takesMs` says; notes what happened, in order. */
async function tour(
  takesMs: (limitMs: number, at: number) => number,
  { startedMs = 0, signalAt = -1 } = {},
): Promise<{
  log: string[]
  limits: number[]
  endedMs: number
  result: Awaited<ReturnType<typeof takeTour>>
}> {
  let nowMs = startedMs
  const log: string[] = []
  const limits: number[] = []
  const result = await takeTour({
    steps,
    nowMs: () => nowMs,
    announce: (step, at) => log.push(`title ${at} ${step.kind} ${step.model}`),
    run: async (step, limitMs): Promise<StepResult> => {
      nowMs += takesMs(limitMs, limits.length)
      limits.push(limitMs)
      log.push(`run ${step.kind} ${step.model}`)
      return { measurement: { step } as never, signal: limits.length - 1 === signalAt ? 'SIGINT' : null }
    },
  })
  return { log, limits, endedMs: nowMs, result }
}

describe('the order of the tour', () => {
  it('tells the title of a run before the run', async () => {
    const { log } = await tour(() => 100)
    expect(log.slice(0, 4)).toEqual([
      'title 0 crawl sequential',
      'run crawl sequential',
      'title 1 crawl loop',
      'run crawl loop',
    ])
    expect(log).toHaveLength(steps.length * 2)
  })

  it('ends with a signal', async () => {
    const { log, result } = await tour(() => 100, { signalAt: 1 })
    expect({ last: log.at(-1), signal: result.signal }).toEqual({ last: 'run crawl loop', signal: 'SIGINT' })
  })
})

describe('the time of the tour', () => {
  it('is shared by the runs that are left', async () => {
    const { limits, result } = await tour((limitMs, at) => (at === 0 ? 1_000 : limitMs))
    const share = (TOUR_MS - 1_000) / (steps.length - 1)
    expect(limits[0]).toBeCloseTo(TOUR_MS / steps.length)
    for (const limit of limits.slice(1)) expect(limit).toBeCloseTo(share)
    expect(result.notRun).toEqual([])
  })

  it('counts what starting took before the first run', async () => {
    const { endedMs } = await tour(limitMs => limitMs, { startedMs: 20_000 })
    expect(endedMs).toBeLessThanOrEqual(TOUR_MS)
  })

  it('starts no run after its end, and says which', async () => {
    // Every run takes 5 s longer than it may, as where stopping and starting take that long.
    const { endedMs, limits, log, result } = await tour(limitMs => limitMs + 5_000)
    expect(result.measured.length + result.notRun.length).toBe(steps.length)
    expect(result.notRun.length).toBeGreaterThan(0)
    expect(result.notRun).toEqual(steps.slice(limits.length))
    expect(log.filter(entry => entry.startsWith('title'))).toHaveLength(limits.length)
    expect(endedMs).toBeLessThanOrEqual(TOUR_MS + 5_000)
  })

  it('gives a run no more than is left', async () => {
    const { limits, result } = await tour(() => 0, { startedMs: TOUR_MS - 500 })
    expect(Math.max(...limits)).toBeLessThanOrEqual(500)
    expect(result.notRun).toEqual([])
  })

  it('runs nothing where starting took all of it', async () => {
    const { result } = await tour(() => 0, { startedMs: TOUR_MS })
    expect(result).toEqual({ measured: [], notRun: steps, signal: null })
  })
})
