import { describe, expect, it } from 'vitest'

import { packFrames, unpackFrames } from '../../../../shared/contract/frame-pack.ts'
import { FRAME_BYTES } from '../../../../shared/contract/wire.ts'

const words = (...values: number[]): Uint8Array => Uint8Array.from(values)

describe('a pack of frames', () => {
  it('holds its frames in order, whatever their lengths', () => {
    const frames = [words(1), new Uint8Array(FRAME_BYTES).fill(7), words(2, 3)]
    expect(unpackFrames(packFrames(frames)).map(frame => [...frame.slice(0, 3)])).toEqual([
      [1],
      [7, 7, 7],
      [2, 3],
    ])
    expect(unpackFrames(packFrames(frames))[1]!.byteLength).toBe(FRAME_BYTES)
  })

  it.each([
    ['nothing', words()],
    ['less than a length', words(1, 0, 0)],
    ['an empty frame', words(0, 0, 0, 0)],
    ['an empty frame before another', words(0, 0, 0, 0, 1, 0, 0, 0, 9)],
    ['a frame that ends early', words(3, 0, 0, 0, 1, 2)],
    ['a frame longer than any', words(255, 255, 255, 255, 1)],
    ['bytes behind the last frame', words(1, 0, 0, 0, 9, 1, 0)],
  ])('is not %s', (_name, pack) => {
    expect(() => unpackFrames(pack)).toThrow(expect.objectContaining({ code: 'E_IPC_SCHEMA' }))
  })
})
