import { describe, expect, it } from 'vitest'

import { RunLog } from '../../../../../renderer/stores/live/run-log.ts'
import { LOG_ENTRIES } from '../../../../../shared/model/run-history.ts'
import type { RunEvent } from '../../../../../shared/model/run.ts'
import { FAILED_TASKS, makeTick } from '../../../../support/cli/run-ticks.ts'

const started = (worker: number): RunEvent => ({ type: 'worker.started', worker, pid: worker, threadId: 0 })
const workersOf = (log: RunLog): number[] =>
  log.entries.map(({ event }) => (event.type === 'worker.started' ? event.worker : -1))

describe('RunLog', () => {
  it('has each entry once, from wherever it comes', () => {
    const log = new RunLog()
    log.push(20, started(2))
    log.push(30, started(3))
    log.adopt({
      log: [
        { elapsedMs: 10, event: started(1) as never },
        { elapsedMs: 20, event: started(2) as never },
      ],
      logOmitted: 4,
    })

    expect({ workers: workersOf(log), omitted: log.omitted, again: log.push(10, started(1)) }).toEqual({
      workers: [1, 2, 3],
      omitted: 4,
      again: false,
    })
  })

  it('stays in the order of time', () => {
    const log = new RunLog()
    log.push(30, started(3))
    log.push(10, started(1))

    expect(workersOf(log)).toEqual([1, 3])
  })

  it('leaves ticks and failures of tasks to those who show them', () => {
    const log = new RunLog()

    expect([log.push(1, { type: 'tick', tick: makeTick() }), log.push(2, FAILED_TASKS[0]!)]).toEqual([
      false,
      false,
    ])
  })

  it('gives another list for each change', () => {
    const log = new RunLog()
    log.push(1, started(1))
    const before = log.entries
    log.push(2, started(2))

    expect({ isOther: log.entries !== before, before: before.length }).toEqual({ isOther: true, before: 1 })
  })

  it('leaves lines out of the middle when there are too many, and counts them', () => {
    const log = new RunLog()
    for (let at = 0; at <= LOG_ENTRIES * 2; at += 1) log.push(at, started(at))
    const workers = workersOf(log)

    expect([workers.length, log.omitted, workers[0], workers.at(-1)]).toEqual([
      LOG_ENTRIES,
      LOG_ENTRIES + 1,
      0,
      LOG_ENTRIES * 2,
    ])
  })
})
