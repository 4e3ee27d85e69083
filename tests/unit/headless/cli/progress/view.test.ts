import { describe, expect, it } from 'vitest'

import { HISTORY_SECONDS, ProgressView } from '../../../../../headless/cli/progress/view.ts'
import type { RunState } from '../../../../../shared/model/run.ts'
import { FAILED_TASKS, makeFacts, makeTick } from '../../../../support/cli/run-ticks.ts'

const makeView = () => new ProgressView(makeFacts())

describe('ProgressView', () => {
  it('keeps one sample of throughput a second, for the last minute', () => {
    const view = makeView()
    for (let elapsedMs = 0; elapsedMs < 100_000; elapsedMs += 200) {
      view.take({
        type: 'tick',
        tick: makeTick({
          elapsedMs,
          throughput: { nowPerSec: Math.floor(elapsedMs / 1_000), averagePerSec: 1 },
        }),
      })
    }
    expect(view.history).toEqual(Array.from({ length: HISTORY_SECONDS }, (_, at) => at + 40))
  })

  it('knows what is waited for from a state that is told again with a reason', () => {
    const view = makeView()
    const reasons: (string | null)[] = []
    const take = (state: RunState, reason: string | null) => {
      view.take({ type: 'run.state', state, reason })
      reasons.push(view.waitingFor)
    }
    take('running', null)
    take('running', 'Redis: ECONNREFUSED')
    take('running', null)
    take('running', 'Redis: OOM')
    take('draining', 'stopped')
    expect(reasons).toEqual([null, 'Redis: ECONNREFUSED', null, 'Redis: OOM', null])
  })

  it('groups failures by code and counts those not told one by one', () => {
    const view = makeView()
    for (const event of FAILED_TASKS) view.take(event)
    view.take({ type: 'task.failed.omitted', count: 1_000 })
    expect([...view.failures.values()].map(({ code, count }) => [code, count])).toEqual([
      ['E_TIMEOUT_TOTAL', 290],
      ['E_HTTP_STATUS', 20],
    ])
    expect(view.failuresOmitted).toBe(1_000)
  })
})
