import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decodeMessage, encodeMessage } from '../../../../shared/contract/codec.ts'
import { MESSAGE_DEPTH } from '../../../../shared/contract/message-bounds.ts'
import { JobError } from '../../../../shared/model/error.ts'

const roundTrip = (value: unknown): unknown => decodeMessage(encodeMessage(value))

const refused = expect.objectContaining({ code: 'E_IPC_SCHEMA' })

/** `levels` lists around nothing. */
const nested = (levels: number): unknown =>
  Array.from({ length: levels }).reduce<unknown>(inner => [inner], null)

describe('the codec', () => {
  it('gives back plain data and typed arrays', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    const { value } = fc.letrec(tie => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(fc.constant(null), fc.boolean(), text, fc.integer(), fc.maxSafeInteger(), fc.double()),
        fc.oneof(fc.uint8Array(), fc.float64Array({ maxLength: 300 }), fc.uint32Array({ maxLength: 300 })),
        fc.array(tie('value'), { maxLength: 20 }),
        fc.dictionary(
          fc.string().filter(key => key !== '__proto__'),
          tie('value'),
          { maxKeys: 20, noNullPrototype: true },
        ),
      ),
    }))
    fc.assert(
      fc.property(value, original => {
        expect(normal(roundTrip(original))).toEqual(normal(original))
      }),
    )
  })

  it('leaves out members that are undefined, and makes null of them in lists', () => {
    expect(roundTrip({ a: undefined, b: [undefined], c: { d: undefined } })).toEqual({ b: [null], c: {} })
    expect(Object.keys(roundTrip({ a: undefined }) as object)).toEqual([])
    expect(roundTrip(undefined)).toBe(null)
  })

  it('keeps NaN and the infinities', () => {
    expect(roundTrip([NaN, Infinity, -Infinity])).toEqual([NaN, Infinity, -Infinity])
  })

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['a map', new Map()],
    ['a date', new Date(0)],
    ['an error', new Error('x')],
    ['a promise', Promise.resolve()],
    ['another typed array', new Float32Array(1)],
    ['a data view', new DataView(new ArrayBuffer(1))],
    ['a buffer without a view', new ArrayBuffer(1)],
  ])('refuses to send %s', (_, value) => {
    expect(() => encodeMessage({ value })).toThrow(refused)
  })

  it('refuses to send what is cyclic or nested too deep', () => {
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    expect(() => encodeMessage(cyclic)).toThrow(refused)
    expect(() => encodeMessage(nested(MESSAGE_DEPTH))).toThrow(refused)
    expect(roundTrip(nested(MESSAGE_DEPTH - 1))).toEqual(nested(MESSAGE_DEPTH - 1))
  })

  it('goes on after a refusal', () => {
    expect(() => encodeMessage([1, 2, () => 3])).toThrow(refused)
    expect(roundTrip([1])).toEqual([1])
  })

  it.each([
    ['nothing', []],
    ['a list of four billion that holds nothing', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['an object of four billion', [0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61]],
    ['nested lists that each announce what follows once', [0x92, 0x92, 0x92, 0xc0, 0xc0]],
    ['text longer than what follows', [0xdb, 0xff, 0xff, 0xff, 0xff, 0x61]],
    ['a length cut off', [0xda, 0x01]],
    ['a number cut off', [0xcb, 0x00]],
    ['bytes after its end', [0xc0, 0xc0]],
    ['a head that does not exist', [0xc1]],
    ['an unknown extension', [0xd4, 0x07, 0x00]],
    ['floats that are not whole', [0xd4, 0x01, 0x00]],
    ['a date', [0xd6, 0xff, 0x00, 0x00, 0x00, 0x00]],
    ['the key __proto__', [0x81, 0xa9, ...new TextEncoder().encode('__proto__'), 0x80]],
    ['a key that is a list', [0x81, 0x91, 0xc0, 0xc0]],
    ['a million nested lists', [...new Uint8Array(1_000_000).fill(0x91), 0xc0]],
  ])('refuses to read %s', (_, bytes) => {
    expect(() => decodeMessage(Uint8Array.from(bytes))).toThrow(refused)
  })

  it('never throws anything but a JobError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          decodeMessage(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(JobError)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('writes numbers of arrays little-endian, whatever the offset of the view', () => {
    const bytes = encodeMessage([new Float64Array([1]), new Uint32Array([1])])
    expect([...bytes]).toEqual([0x92, 0xd7, 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xd6, 2, 1, 0, 0, 0])
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(decodeMessage(shifted.subarray(3))).toEqual([new Float64Array([1]), new Uint32Array([1])])
  })
})

/** What the wire does not tell apart: -0 and 0, bytes and a view of bytes. */
function normal(value: unknown): unknown {
  if (Object.is(value, -0)) return 0
  if (typeof value === 'string') return value.toWellFormed()
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (Array.isArray(value)) return value.map(normal)
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, normal(inner)]))
}
