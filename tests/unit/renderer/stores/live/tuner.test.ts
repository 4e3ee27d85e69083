import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Tuner } from '../../../../../renderer/stores/live/tuner.ts'
import { JobError } from '../../../../../shared/model/error.ts'

const NOW = { processes: 2, threads: 1, inFlight: 64, ratePerSec: null, perHost: null }

describe('Tuner', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function makeTuner(answer: () => Promise<unknown> = async () => null) {
    const sent: unknown[] = []
    const tuner = new Tuner(tuning => {
      sent.push(tuning)
      return answer()
    }, Date.now)
    return { tuner, sent }
  }

  it('shows a change at once and sends no more than five a second, the newest last', async () => {
    const { tuner, sent } = makeTuner()
    for (let value = 65; value <= 100; value += 1) {
      tuner.tune('inFlight', value)
      await vi.advanceTimersByTimeAsync(10)
    }
    expect(tuner.wanted.value).toEqual({ inFlight: 100 })
    await vi.advanceTimersByTimeAsync(300)

    expect({ count: sent.length, newest: sent.at(-1) }).toEqual({ count: 3, newest: { inFlight: 100 } })
  })

  it('lets go of a change when the run shows it', async () => {
    const { tuner } = makeTuner()
    tuner.tune('processes', 4)
    await vi.advanceTimersByTimeAsync(1)
    tuner.reconcile(NOW)
    expect(tuner.wanted.value).toEqual({ processes: 4 })
    tuner.reconcile({ ...NOW, processes: 4 })

    expect(tuner.wanted.value).toEqual({})
  })

  it('goes back to what the run says when it never shows the change', async () => {
    const { tuner } = makeTuner()
    tuner.tune('processes', 400)
    await vi.advanceTimersByTimeAsync(3_100)
    tuner.reconcile({ ...NOW, processes: 256 })

    expect(tuner.wanted.value).toEqual({})
  })

  it('holds on to a change that is not answered yet', () => {
    const { tuner } = makeTuner(() => new Promise(() => undefined))
    tuner.tune('perHost', 3)
    tuner.reconcile({ ...NOW, perHost: 3 })

    expect(tuner.wanted.value).toEqual({ perHost: 3 })
  })

  it('takes a refused change back and says why, until one is taken', async () => {
    let isRefused = true
    const { tuner } = makeTuner(async () => {
      if (isRefused) throw new JobError('E_CONFIG', 'a loop has one process')
    })
    tuner.tune('processes', 2)
    await vi.advanceTimersByTimeAsync(1)
    expect({ wanted: tuner.wanted.value, refusal: tuner.refusals.value.processes?.message }).toEqual({
      wanted: {},
      refusal: 'a loop has one process',
    })
    isRefused = false
    tuner.tune('processes', 1)
    await vi.advanceTimersByTimeAsync(300)

    expect(tuner.refusals.value).toEqual({})
  })

  it('sends nothing of what was given up', async () => {
    const { tuner, sent } = makeTuner()
    tuner.tune('inFlight', 8)
    tuner.reset()
    await vi.advanceTimersByTimeAsync(1_000)

    expect(sent).toEqual([])
  })
})
