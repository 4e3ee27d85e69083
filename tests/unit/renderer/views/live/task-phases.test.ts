import { describe, expect, it } from 'vitest'

import { phasesOf, restOf } from '../../../../../renderer/views/live/task-phases.ts'

describe('the recorded times of a task', () => {
  it('become phases', () => {
    const more = { waitMs: 1, connectMs: 2, ttfbMs: 30, downloadMs: 4, title: 'x' }

    expect(phasesOf({ more })).toEqual({ queueMs: 1, connectMs: 2, firstByteMs: 30, bodyMs: 4, cpuMs: 0 })
  })

  it('are nothing where none were recorded', () => {
    expect([phasesOf({ more: { title: 'x' } }), phasesOf({ more: { ttfbMs: null } })]).toEqual([null, null])
  })

  it('are left out of what else was recorded, with what is empty', () => {
    expect(restOf({ more: { ttfbMs: 3, title: 'x', finalUrl: null, bodyHash: '', links: 0 } })).toEqual([
      ['title', 'x'],
      ['links', 0],
    ])
  })
})
