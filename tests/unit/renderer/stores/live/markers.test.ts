import { describe, expect, it } from 'vitest'

import { lastSteering, logLinesOf } from '../../../../../renderer/stores/live/changes.ts'
import { markersOf, waitingForOf } from '../../../../../renderer/stores/live/markers.ts'
import type { LogEntry } from '../../../../../shared/model/run-history.ts'
import type { RunEvent, RunState, Steering } from '../../../../../shared/model/run.ts'
import { STARTED } from '../../../../support/cli/run-ticks.ts'

const FIRST: Steering = { processes: 2, threads: 1, inFlight: 64, ratePerSec: null, perHost: null }
const at = (elapsedMs: number, event: RunEvent): LogEntry => ({ elapsedMs, event }) as LogEntry
const state = (elapsedMs: number, name: RunState, reason: string | null = null): LogEntry =>
  at(elapsedMs, { type: 'run.state', state: name, reason })
const exited = (elapsedMs: number, reason: string): LogEntry =>
  at(elapsedMs, { type: 'worker.exited', worker: 2, pid: 7, reason })

describe('markersOf', () => {
  it('tells what bends the lines of a run', () => {
    const markers = markersOf(
      [
        at(0, STARTED),
        state(100, 'running'),
        at(5_000, { type: 'run.tuned', steering: { ...FIRST, inFlight: 128, ratePerSec: 50 } }),
        exited(6_000, 'signal: SIGKILL'),
        state(7_000, 'paused'),
        state(8_000, 'running'),
        state(9_000, 'running', 'the disk is full'),
        state(9_500, 'running'),
        state(10_000, 'draining'),
        exited(10_100, 'exit: exit code 0'),
        state(10_200, 'stopped'),
        at(10_300, { ...STARTED, resumed: true } as RunEvent),
      ],
      FIRST,
    )

    expect(markers).toEqual([
      { atMs: 5_000, kind: 'tuned', what: 'inFlight', from: 64, to: 128 },
      { atMs: 5_000, kind: 'tuned', what: 'ratePerSec', from: null, to: 50 },
      { atMs: 6_000, kind: 'died', worker: 2, reason: 'signal: SIGKILL' },
      { atMs: 7_000, kind: 'paused' },
      { atMs: 8_000, kind: 'unpaused' },
      { atMs: 9_000, kind: 'waiting', reason: 'the disk is full' },
      { atMs: 10_000, kind: 'stopping', reason: null },
      { atMs: 10_300, kind: 'resumed' },
    ])
  })

  it('leaves out workers that left in good order', () => {
    expect(markersOf([state(0, 'running'), exited(5, 'ended: exit code 0')], FIRST)).toEqual([])
  })

  it('tells a change by what it was before, from change to change', () => {
    const markers = markersOf(
      [
        at(1, { type: 'run.tuned', steering: { ...FIRST, processes: 4 } }),
        at(2, { type: 'run.tuned', steering: { ...FIRST, processes: 3 } }),
      ],
      FIRST,
    )

    expect(markers.map(marker => ('from' in marker ? [marker.from, marker.to] : []))).toEqual([
      [2, 4],
      [4, 3],
    ])
  })
})

describe('waitingForOf', () => {
  it('is the reason of a state that was told again, until it goes on', () => {
    const log = [state(0, 'running'), state(1, 'running', 'no connection')]

    expect([waitingForOf(log), waitingForOf([...log, state(2, 'running')]), waitingForOf([])]).toEqual([
      'no connection',
      null,
      null,
    ])
  })
})

describe('a log', () => {
  it('knows how the run was steered last', () => {
    const log = [at(0, STARTED), at(1, { type: 'run.tuned', steering: { ...FIRST, perHost: 3 } })]

    expect(lastSteering(log, FIRST)).toEqual({ ...FIRST, perHost: 3 })
    expect(logLinesOf(log, FIRST).map(line => line.changes)).toEqual([
      [],
      [{ what: 'perHost', from: null, to: 3 }],
    ])
  })
})
