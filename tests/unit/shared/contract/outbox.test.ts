import { describe, expect, it, vi } from 'vitest'

import { Channel } from '../../../../shared/contract/channel.ts'
import { Outbox, WAITING_BYTES, WAITING_PUSHES } from '../../../../shared/contract/outbox.ts'
import { SlowWire } from '../../../support/contract/slow-wire.ts'

function makeOutbox() {
  const wire = new SlowWire()
  const onUnsendable = vi.fn()
  const channel = new Channel(wire, {
    peer: 'client',
    messageBytes: 1_000,
    onMessage: () => undefined,
    onMalformed: () => undefined,
    onClosed: () => undefined,
  })
  const outbox = new Outbox(channel, onUnsendable)
  wire.onDrain(() => outbox.flush())
  wire.sent.length = 0
  return { wire, outbox, onUnsendable }
}

describe('Outbox', () => {
  it('sends at once while the wire keeps up', () => {
    const { wire, outbox } = makeOutbox()
    outbox.push(1, 'a', undefined)
    outbox.push(1, 'tick', 'tick')
    outbox.end(1, null)
    expect(wire.sent).toEqual([
      [5, 1, 'a'],
      [5, 1, 'tick'],
      [7, 1, null],
    ])
  })

  it('keeps only the newest of what replaces each other, and everything else in order', () => {
    const { wire, outbox } = makeOutbox()
    wire.block()
    outbox.push(1, 'tick 1', 'tick')
    outbox.push(1, 'a', undefined)
    outbox.push(2, 'tick of 2', 'tick')
    outbox.push(1, 'tick 2', 'tick')
    outbox.push(1, 'other', 'gauge')
    outbox.push(1, 'b', undefined)
    outbox.push(1, 'tick 3', 'tick')
    outbox.end(1, null)
    expect(wire.sent).toEqual([])
    wire.drain()
    expect(wire.sent).toEqual([
      [5, 1, 'a'],
      [5, 2, 'tick of 2'],
      [5, 1, 'other'],
      [5, 1, 'b'],
      [5, 1, 'tick 3'],
      [7, 1, null],
    ])
  })

  it('lets nothing overtake what waits, and goes on with the next push when the wire does not tell that it drained', () => {
    const { wire, outbox } = makeOutbox()
    wire.block()
    outbox.push(1, 'a', undefined)
    wire.bufferedBytes = 0
    outbox.push(1, 'b', undefined)
    expect(wire.sent).toEqual([
      [5, 1, 'a'],
      [5, 1, 'b'],
    ])
  })

  it('bounds what waits by bytes', () => {
    const { wire, outbox } = makeOutbox()
    wire.block()
    const payload = 'x'.repeat(2 ** 20)
    const taken = Array.from({ length: 10 }, () => outbox.push(1, payload, undefined)).filter(Boolean).length
    expect(taken).toBe(Math.floor(WAITING_BYTES / (payload.length + 10)))
    wire.drain()
    expect(outbox.push(1, payload, undefined)).toBe(true)
    expect(wire.sent.length).toBe(taken + 1)
  })

  it('bounds what waits by number', () => {
    const { wire, outbox } = makeOutbox()
    wire.block()
    for (let at = 0; at < WAITING_PUSHES; at += 1) expect(outbox.push(1, at, undefined)).toBe(true)
    expect(outbox.push(1, 'more', undefined)).toBe(false)
    expect(outbox.push(1, 'tick', 'tick')).toBe(false)
  })

  it('forgets what waits for a dropped stream, bytes included', () => {
    const { wire, outbox } = makeOutbox()
    wire.block()
    for (let at = 0; at < 6; at += 1) outbox.push(1, 'x'.repeat(2 ** 20), undefined)
    outbox.push(2, 'kept', undefined)
    outbox.drop(1)
    for (let at = 0; at < 6; at += 1) expect(outbox.push(2, 'y'.repeat(2 ** 20), undefined)).toBe(true)
    wire.drain()
    expect(wire.sent.every(message => (message as unknown[])[1] === 2)).toBe(true)
  })

  it('tells of a push that cannot be sent once it is its turn, and goes on', () => {
    const { wire, outbox, onUnsendable } = makeOutbox()
    wire.block()
    outbox.push(1, () => 1, 'tick')
    outbox.push(2, 'b', undefined)
    wire.drain()
    expect(onUnsendable).toHaveBeenCalledExactlyOnceWith(1, expect.objectContaining({ code: 'E_IPC_SCHEMA' }))
    expect(wire.sent).toEqual([[5, 2, 'b']])
  })
})
