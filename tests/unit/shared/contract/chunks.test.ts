import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Assembler, cutIntoFrames, MESSAGE_BYTES } from '../../../../shared/contract/chunks.ts'
import { FRAME_BYTES } from '../../../../shared/contract/wire.ts'

const PART = FRAME_BYTES - 1

function joined(frames: readonly Uint8Array[], assembler = new Assembler()): Uint8Array | undefined {
  const messages = frames.map(frame => assembler.push(frame))
  expect(messages.slice(0, -1).every(message => message === undefined)).toBe(true)
  return messages.at(-1)
}

const patterned = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 31) % 251)

describe('frames of a message', () => {
  it.each([0, 1, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 7])(
    'carry %d bytes there and back',
    length => {
      const message = patterned(length)
      const frames = cutIntoFrames(message)
      expect(frames.length).toBe(Math.max(1, Math.ceil(length / PART)))
      expect(frames.every(frame => frame.byteLength <= FRAME_BYTES)).toBe(true)
      expect(Buffer.compare(joined(frames)!, message)).toBe(0)
    },
  )

  it('carry messages one after the other', () => {
    const assembler = new Assembler()
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 * PART }), { maxLength: 4 }), lengths => {
        for (const length of lengths) {
          expect(joined(cutIntoFrames(new Uint8Array(length).fill(7)), assembler)?.byteLength).toBe(length)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('are refused beyond the longest message, when cut and when put together', () => {
    const tooLong = expect.objectContaining({ code: 'E_LIMIT' })
    expect(() => cutIntoFrames(new Uint8Array(MESSAGE_BYTES + 1))).toThrow(tooLong)
    const assembler = new Assembler(2 * PART)
    const full = cutIntoFrames(new Uint8Array(2 * PART + 1))
    assembler.push(full[0]!)
    assembler.push(full[1]!)
    expect(() => assembler.push(full[2]!)).toThrow(tooLong)
    expect(() => new Assembler().push(new Uint8Array(FRAME_BYTES + 1))).toThrow(tooLong)
  })

  it.each([
    ['an empty frame', new Uint8Array(0)],
    ['an unknown mark', Uint8Array.of(2, 0)],
    ['a short part that is not the last', Uint8Array.of(1, 0)],
  ])('are refused when they hold %s', (_, frame) => {
    expect(() => new Assembler().push(frame)).toThrow(expect.objectContaining({ code: 'E_IPC_SCHEMA' }))
  })
})
