import { describe, expect, it } from 'vitest'
import { isFinal, nextState, type RunStimulus } from '../../../../engine/run/run-state.ts'
import { RUN_STATES, type RunState } from '../../../../shared/model/run.ts'

const STIMULI: readonly RunStimulus[] = [
  'workers.ready',
  'pause',
  'unpause',
  'stop',
  'settled',
  'finished',
  'emptied',
  'rewind',
  'break',
]

const walk = (...stimuli: readonly RunStimulus[]): RunState =>
  stimuli.reduce((state: RunState, stimulus) => nextState(state, stimulus) ?? state, 'planned')

describe('the states of a run', () => {
  it('lead from planned to done', () => {
    expect(walk('workers.ready', 'pause', 'unpause', 'settled', 'finished')).toBe('done')
  })

  it('lead through draining to stopped, unless the last task settles meanwhile', () => {
    expect(walk('workers.ready', 'stop', 'emptied')).toBe('stopped')
    expect(walk('workers.ready', 'stop', 'settled', 'emptied', 'finished')).toBe('done')
    expect(walk('stop', 'emptied')).toBe('stopped')
  })

  it('end when nothing can leave them', () => {
    expect(RUN_STATES.filter(isFinal)).toEqual(['stopped', 'done', 'failed'])
    for (const state of RUN_STATES.filter(isFinal)) {
      expect(STIMULI.map(stimulus => nextState(state, stimulus))).toEqual(STIMULI.map(() => null))
    }
  })

  it('may break from wherever they have not ended', () => {
    for (const state of RUN_STATES) expect(nextState(state, 'break')).toBe(isFinal(state) ? null : 'failed')
  })

  it('lead back to the beginning when the destination was started anew, unless a stop was asked', () => {
    expect(walk('workers.ready', 'rewind')).toBe('planned')
    expect(walk('workers.ready', 'pause', 'rewind', 'workers.ready')).toBe('running')
    expect(walk('workers.ready', 'settled', 'rewind')).toBe('planned')
    expect(walk('workers.ready', 'stop', 'rewind')).toBe('draining')
  })

  it('are not left by what means nothing in them', () => {
    expect([
      nextState('running', 'finished'),
      nextState('planned', 'pause'),
      nextState('finishing', 'stop'),
    ]).toEqual([null, null, null])
  })
})
