import { describe, expect, it } from 'vitest'

import { PlainProgress, type PlainOptions } from '../../../../../headless/cli/progress/plain-progress.ts'
import { ProgressView } from '../../../../../headless/cli/progress/view.ts'
import { en } from '../../../../../shared/locales/en.ts'
import { translator } from '../../../../../shared/locales/translate.ts'
import { LOAD_FACTS, makeFacts, makeLoadTick, makeTick } from '../../../../support/cli/run-ticks.ts'

function makeProgress(pace: PlainOptions['pace'], facts = makeFacts()) {
  const written: string[] = []
  const view = new ProgressView(facts)
  const progress = new PlainProgress({ view, write: text => written.push(text), t: translator(en), pace })
  const tickAt = (elapsedMs: number) => progress.take({ type: 'tick', tick: makeTick({ elapsedMs }) })
  return { written, progress, tickAt }
}

describe('PlainProgress', () => {
  it('writes one line a second', () => {
    const { written, tickAt } = makeProgress('steady')
    for (let elapsedMs = 0; elapsedMs <= 3_000; elapsedMs += 200) tickAt(elapsedMs)
    expect(written).toHaveLength(3)
    expect(written[0]).toBe(
      '0:01  running  61,204 of 100,000 (61 %)  312 failed  1,842/s  p95 184 ms  in flight 128 of 128  ETA 0:21–0:27\n',
    )
  })

  it('writes ever more rarely where nobody watches', () => {
    const { written, tickAt } = makeProgress('sparse')
    for (let second = 0; second <= 300; second += 1) tickAt(second * 1_000)
    expect(written.map(line => line.split('  ')[0])).toEqual([
      '0:05',
      '0:15',
      '0:35',
      '1:15',
      '2:15',
      '3:15',
      '4:15',
    ])
  })

  it('counts from where a resumed run goes on', () => {
    const { written, tickAt } = makeProgress('sparse')
    for (let second = 1_000; second <= 1_006; second += 1) tickAt(second * 1_000)
    expect(written).toHaveLength(1)
  })

  it('tells changes of state once', () => {
    const { written, progress } = makeProgress('steady')
    progress.take({ type: 'run.state', state: 'running', reason: null })
    progress.take({ type: 'run.state', state: 'running', reason: null })
    expect(written).toEqual(['run is running\n'])
  })

  it('tells of a load how far its records have come', () => {
    const { written, progress } = makeProgress('steady', LOAD_FACTS)
    for (const elapsedMs of [0, 1_000]) progress.take({ type: 'tick', tick: makeLoadTick({ elapsedMs }) })
    expect(written).toEqual([
      '0:01  running  61,204 of 100,000 (61 %)  312 rejected  1,842/s  62,500 read  62,000 sent  60,892 acknowledged  6.10 MiB read, 6.10 MiB/s  p95 184 ms  in flight 4 of 4 batches  ETA 0:21–0:27\n',
    ])
  })

  it('says when a load will be through while its records are still being counted', () => {
    const { written, progress } = makeProgress('steady', LOAD_FACTS)
    const tasks = { total: 61_204, ok: 61_204, failed: 0, skipped: 0, quarantined: 0, remaining: 0 }
    for (const elapsedMs of [0, 1_000])
      progress.take({ type: 'tick', tick: makeLoadTick({ elapsedMs, tasks, totalIsFinal: false }) })
    progress.take({ type: 'tick', tick: makeLoadTick({ elapsedMs: 2_000, tasks }) })
    expect(written.map(line => line.includes('ETA 0:21–0:27'))).toEqual([true, false])
  })

  it('tells once what is waited for, and once that it goes on', () => {
    const { written, progress } = makeProgress('sparse', LOAD_FACTS)
    const reason = 'Redis: ECONNREFUSED'
    progress.take({ type: 'run.state', state: 'running', reason: null })
    progress.take({ type: 'run.state', state: 'running', reason })
    progress.take({ type: 'run.state', state: 'running', reason })
    progress.take({ type: 'run.state', state: 'running', reason: null })
    expect(written).toEqual(['waiting: Redis: ECONNREFUSED\n', 'it goes on\n'])
  })

  it('is silent once closed', () => {
    const { written, progress } = makeProgress('steady')
    progress.close()
    progress.note('too late')
    expect(written).toEqual([])
  })
})
