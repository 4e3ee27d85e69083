import { describe, expect, it } from 'vitest'

import { drainOf } from '../../../../../renderer/stores/live/drain.ts'
import type { LogEntry } from '../../../../../shared/model/run-history.ts'
import { makeTick } from '../../../../support/cli/run-ticks.ts'

const DRAINING: LogEntry = {
  elapsedMs: 10_000,
  event: { type: 'run.state', state: 'draining', reason: null },
}

describe('drainOf', () => {
  it('tells what is in flight and how long it has left', () => {
    const tick = makeTick({ state: 'draining', elapsedMs: 12_500, inFlight: 7 })

    expect(drainOf([DRAINING], tick)).toEqual({ tasksInFlight: 7, leftMs: 2_500 })
  })

  it('has no time left when the rest is being aborted', () => {
    expect(drainOf([DRAINING], makeTick({ state: 'draining', elapsedMs: 15_600 }))?.leftMs).toBe(0)
  })

  it('is nothing while the run goes on', () => {
    expect([drainOf([], makeTick()), drainOf([DRAINING], undefined)]).toEqual([null, null])
  })
})
