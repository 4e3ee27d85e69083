import { describe, expect, it, vi } from 'vitest'

import { IpcWire } from '../../../../electron/main/ipc-wire.ts'
import { packFrames, unpackFrames } from '../../../../shared/contract/frame-pack.ts'
import { FRAME_BYTES, HIGH_WATER_BYTES } from '../../../../shared/contract/wire.ts'

const makeWire = () => {
  const sent: Uint8Array[] = []
  const onClosed = vi.fn()
  const wire = new IpcWire({ sendPack: pack => sent.push(pack), onClosed })
  return { wire, sent, onClosed }
}
const frame = (...bytes: number[]) => Uint8Array.from(bytes)

describe('IpcWire', () => {
  it('sends the first frame at once and gathers those that follow', () => {
    vi.useFakeTimers()
    const { wire, sent } = makeWire()
    wire.send(frame(1))
    wire.send(frame(2))
    wire.send(frame(3))
    expect(sent).toHaveLength(1)
    vi.advanceTimersByTime(20)
    expect(sent.map(pack => unpackFrames(pack).map(part => [...part]))).toEqual([[[1]], [[2], [3]]])
    vi.useRealTimers()
  })

  it('answers a page that is behind only when it has read, and says when it has drained', async () => {
    const { wire, sent } = makeWire()
    const onDrain = vi.fn()
    wire.onDrain(onDrain)
    wire.onFrame(() => undefined)
    expect(await wire.receive(packFrames([frame(1)]))).toBeUndefined()
    while (wire.bufferedBytes <= HIGH_WATER_BYTES) wire.send(new Uint8Array(FRAME_BYTES))
    const answered = vi.fn()
    const held = wire.receive(packFrames([frame(2)])).then(answered)
    await Promise.resolve()
    expect(answered).not.toHaveBeenCalled()
    wire.took(wire.bufferedBytes)
    await held
    expect(onDrain).toHaveBeenCalledTimes(1)
    expect(sent.length).toBeGreaterThan(0)
    wire.close()
  })

  it('ends with a page that sends what is no pack, or that never reads', async () => {
    const first = makeWire()
    await first.wire.receive(frame(1, 2, 3))
    expect(first.onClosed).toHaveBeenCalledTimes(1)
    const second = makeWire()
    for (let sent = 0; sent <= 64 * 2 ** 20; sent += FRAME_BYTES)
      second.wire.send(new Uint8Array(FRAME_BYTES))
    expect(second.onClosed).toHaveBeenCalledTimes(1)
    expect(second.wire.bufferedBytes).toBe(0)
  })
})
