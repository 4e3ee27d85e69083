import { describe, expect, it } from 'vitest'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { Horizon } from '../../../../engine/run/horizon.ts'
import type { ToWorker } from '../../../../engine/worker/protocol.ts'

function setUp(settledTasks = 0, windowTasks?: number) {
  const settled = new SettledBitmap()
  const sent: ToWorker[] = []
  let front = 0
  const settleUpTo = (end: number): void => {
    for (; front < end; front += 1) settled.set(front)
  }
  settleUpTo(settledTasks)
  return {
    horizon: new Horizon(settled, message => sent.push(message), windowTasks),
    sent,
    settled,
    settleUpTo,
  }
}

describe('Horizon', () => {
  it('lies a million tasks ahead of the first unsettled one, also after a resume', () => {
    const { horizon, sent } = setUp(70_000)
    horizon.tell()
    expect(sent).toEqual([{ type: 'horizon', index: 1_070_000 }])
  })

  it('is told again each time it has moved by a tenth', () => {
    const { horizon, sent, settled, settleUpTo } = setUp()
    horizon.tell()
    settled.set(500_000)
    settleUpTo(99_999)
    horizon.advance()
    expect(sent.length).toBe(1)
    settleUpTo(100_000)
    horizon.advance()
    horizon.advance()
    expect(sent.slice(1)).toEqual([{ type: 'horizon', index: 1_100_000 }])
  })

  it('lies at the first unsettled task where order is kept by waiting', () => {
    const { horizon, sent, settleUpTo } = setUp(3, 0)
    horizon.tell()
    horizon.advance()
    settleUpTo(4)
    horizon.advance()
    expect(sent).toEqual([
      { type: 'horizon', index: 3 },
      { type: 'horizon', index: 4 },
    ])
  })

  it('stands still while the front of the input does', () => {
    const { horizon, sent, settled } = setUp()
    horizon.tell()
    for (let index = 1; index < 300_000; index += 1) settled.set(index)
    horizon.advance()
    expect(sent.length).toBe(1)
    settled.set(0)
    horizon.advance()
    expect(sent.at(-1)).toEqual({ type: 'horizon', index: 1_300_000 })
  })
})
