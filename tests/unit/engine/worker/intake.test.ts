import { describe, expect, it, vi } from 'vitest'
import { openIndexes } from '../../../../engine/source/index-cursor.ts'
import { Intake } from '../../../../engine/worker/intake.ts'
import { ScriptedCursor, type ScriptedRecord } from '../../../support/engine/scripted-cursor.ts'
import { makeLease } from '../../../support/engine/waiting-task.ts'

function script(records: readonly ScriptedRecord[]): { intake: Intake; cursors: ScriptedCursor[] } {
  const cursors: ScriptedCursor[] = []
  const intake = new Intake(lease => {
    const cursor = new ScriptedCursor(lease, records)
    cursors.push(cursor)
    return cursor
  })
  return { intake, cursors }
}

function drain(intake: Intake): number[] {
  const indexes: number[] = []
  while (intake.next() === 'record') indexes.push(intake.index)
  return indexes
}

/** As the runtime does when a task has settled. */
function settle(intake: Intake, index: number): void {
  intake.held!.settled.push(index)
  intake.held!.open -= 1
}

describe('Intake', () => {
  it('reads one lease after the other, and opens each when it comes to it', () => {
    const open = vi.fn(openIndexes)
    const intake = new Intake(open)
    intake.grant(makeLease({ id: 1, first: 5, end: 8 }))
    intake.grant(makeLease({ id: 2, first: 100, step: 10, end: 125 }))
    expect(open).not.toHaveBeenCalled()
    expect([intake.next(), open.mock.calls.length, intake.held?.lease.id]).toEqual(['record', 1, 1])
    expect(drain(intake)).toEqual([6, 7, 100, 110, 120])
    expect([intake.unread, intake.unreadTasks, intake.next()]).toEqual([0, 0, 'end'])
  })

  it('knows how many tasks are left to read at most', () => {
    const intake = new Intake(openIndexes)
    intake.grant(makeLease({ first: 0, end: 10 }))
    intake.grant(makeLease({ first: 20, step: 3, end: 30 }))
    expect(intake.unreadTasks).toBe(14)
    for (let read = 0; read < 4; read += 1) intake.next()
    expect(intake.unreadTasks).toBe(10)
    intake.grant(makeLease({ end: null }))
    expect(intake.unreadTasks).toBe(Infinity)
  })

  it('serves the record that waited for the horizon before anything else', () => {
    const intake = new Intake(openIndexes)
    intake.horizon = 2
    intake.grant(makeLease({ end: 4 }))
    expect(drain(intake)).toEqual([0, 1])
    expect([intake.next(), intake.next()]).toEqual(['wait', 'wait'])
    intake.horizon = 3
    expect(drain(intake)).toEqual([2])
    intake.horizon = Infinity
    expect(drain(intake)).toEqual([3])
  })

  it('tells when records can be read again', () => {
    const { intake, cursors } = script(['a', 'wait', 'b'])
    const onReadable = vi.fn()
    intake.onReadable = onReadable
    intake.grant(makeLease())
    expect([intake.next(), intake.next()]).toEqual(['record', 'wait'])
    cursors[0]!.arrive()
    expect(onReadable).toHaveBeenCalledOnce()
    expect([intake.next(), intake.value, intake.line]).toEqual(['record', 'b', 2])
  })

  it('hands on why a record cannot be a task', () => {
    const refusal = { code: 'E_URL_INVALID', message: 'line 1 is no URL', isSkip: false } as const
    const { intake } = script([{ refusal }, 'fine'])
    intake.grant(makeLease())
    intake.next()
    expect(intake.refusal).toBe(refusal)
    intake.next()
    expect(intake.refusal).toBeNull()
  })

  it('stays with a lease that cannot be read, and says why', () => {
    const { intake } = script(['a', { failure: 'input.txt: I/O error' }])
    intake.grant(makeLease())
    expect(drain(intake)).toEqual([0])
    expect([intake.unread, intake.failure]).toEqual([
      1,
      { code: 'E_SRC_IO', message: 'input.txt: I/O error' },
    ])
  })

  it('tells once what settled, by lease', () => {
    const intake = new Intake(openIndexes)
    intake.grant(makeLease({ id: 7, attempt: 3, end: 3 }))
    intake.grant(makeLease({ id: 8, end: 3 }))
    expect(intake.hasNews).toBe(false)
    intake.next()
    settle(intake, 0)
    expect(intake.hasNews).toBe(true)
    expect(intake.takeProgress()).toEqual([{ id: 7, attempt: 3, settled: Uint32Array.of(0), endIndex: null }])
    expect([intake.hasNews, intake.takeProgress()]).toEqual([false, []])
  })

  it('tells where a lease without end ended, once it is read, also when nothing settled', () => {
    const { intake } = script(['a', 'b'])
    intake.grant(makeLease({ end: null }))
    drain(intake)
    expect(intake.hasNews).toBe(true)
    expect(intake.takeProgress()).toEqual([{ id: 1, attempt: 1, settled: new Uint32Array(), endIndex: 2 }])
    expect([intake.hasNews, intake.takeProgress()]).toEqual([false, []])
  })

  it('tells the end ahead where the cursor knows it', () => {
    const { intake, cursors } = script(['a', 'b', 'c'])
    intake.grant(makeLease({ end: null }))
    intake.next()
    cursors[0]!.totalAhead = 3
    expect([intake.hasNews, intake.takeProgress()[0]?.endIndex]).toEqual([true, 3])
    settle(intake, 0)
    expect(intake.takeProgress()[0]?.endIndex).toBe(3)
  })

  it('counts bytes once, of leases read to their end too', () => {
    const { intake, cursors } = script(['a', 'b'])
    intake.grant(makeLease({ id: 1 }))
    intake.grant(makeLease({ id: 2 }))
    intake.next()
    expect([intake.takeBytesRead(), intake.takeBytesRead()]).toEqual([10, 0])
    drain(intake)
    expect([intake.takeBytesRead(), intake.takeBytesRead()]).toEqual([30, 0])
    expect(cursors.map(cursor => cursor.isClosed)).toEqual([true, true])
  })

  it('closes what is open', () => {
    const { intake, cursors } = script(['a', 'b'])
    intake.grant(makeLease())
    intake.next()
    intake.close()
    expect([cursors[0]!.isClosed, intake.next()]).toEqual([true, 'end'])
  })
})
