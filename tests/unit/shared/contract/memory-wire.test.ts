import { describe, expect, it, vi } from 'vitest'

import { makeMemoryWires } from '../../../../shared/contract/memory-wire.ts'
import { FRAME_BYTES, HIGH_WATER_BYTES } from '../../../../shared/contract/wire.ts'

describe('a pair of wires in memory', () => {
  it('counts what is on its way, and tells once when it has fallen below the high water', async () => {
    const [near, far] = makeMemoryWires()
    const onDrain = vi.fn()
    near.onDrain(onDrain)
    const frames = Math.ceil(HIGH_WATER_BYTES / FRAME_BYTES) + 2
    for (let at = 0; at < frames; at += 1) near.send(new Uint8Array(FRAME_BYTES))
    expect(near.bufferedBytes).toBe(frames * FRAME_BYTES)
    let arrived = 0
    await new Promise<void>(resolve => far.onFrame(() => (arrived += 1) === frames && resolve()))
    expect([near.bufferedBytes, onDrain.mock.calls.length]).toEqual([0, 1])
  })

  it('closes an end that nobody listens at, frames or not', async () => {
    const [near, far] = makeMemoryWires()
    near.send(Uint8Array.of(1))
    near.close()
    await new Promise<void>(resolve => far.onClose(resolve))
  })

  it('delivers nothing more to an end that closed itself', async () => {
    const [near, far] = makeMemoryWires()
    const onFrame = vi.fn()
    near.send(Uint8Array.of(1))
    near.send(Uint8Array.of(2))
    far.onFrame(frame => {
      onFrame(frame)
      far.close()
    })
    await new Promise<void>(resolve => near.onClose(resolve))
    expect(onFrame).toHaveBeenCalledExactlyOnceWith(Uint8Array.of(1))
  })
})
