import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineBuffer, constantOf, formatMilliseconds } from '../../../../engine/sink/line-buffer.ts'

const line = new LineBuffer()

/** @returns What was written between other things. */
const written = (write: (line: LineBuffer) => void): string => {
  line.text('before ')
  write(line)
  line.text(' after')
  const text = line.take().toString('utf8')
  expect([text.slice(0, 7), text.slice(-6)]).toEqual(['before ', ' after'])
  return text.slice(7, -6)
}

describe('LineBuffer', () => {
  it('writes integers as JSON does', () => {
    const integers = fc.oneof(
      fc.maxSafeInteger(),
      fc.nat(),
      fc.constantFrom(0, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31),
    )
    fc.assert(
      fc.property(integers, value => {
        expect(written(line => line.integer(value))).toBe(JSON.stringify(value))
      }),
    )
  })

  it('writes durations with three decimals at most', () => {
    const durations = fc.oneof(
      fc.double({ min: 0, max: 1e7, noNaN: true }),
      fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
    )
    fc.assert(
      fc.property(durations, value => {
        const expected = Math.round(value * 1_000) / 1_000
        expect(Number(written(line => line.milliseconds(value)))).toBe(expected === 0 ? 0 : expected)
        expect(written(line => line.milliseconds(value))).toBe(formatMilliseconds(value))
      }),
    )
    expect([0, 0.4, 1.6, 12.3, 0.0004, 1_000.05, 7.12345].map(formatMilliseconds)).toEqual([
      '0',
      '0.4',
      '1.6',
      '12.3',
      '0',
      '1000.05',
      '7.123',
    ])
  })

  it('writes null for what is no number', () => {
    for (const value of [NaN, Infinity, -Infinity])
      expect([written(line => line.integer(value)), written(line => line.milliseconds(value))]).toEqual([
        'null',
        'null',
      ])
  })

  it('writes constants of any length', () => {
    const printable = fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code))
    fc.assert(
      fc.property(fc.string({ unit: printable, maxLength: 40 }), text => {
        expect(written(line => line.constant(constantOf(text)))).toBe(text)
      }),
    )
  })

  it('copies strings that need no escape, and only those', () => {
    const ascii = fc.nat({ max: 0x7f }).map(code => String.fromCharCode(code))
    const unit = fc.oneof(ascii, fc.constantFrom('a', 'a', 'é', '→', '😀', '\u0080', '\uffff'))
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), fc.nat({ max: 5 }), (text, offset) => {
        const source = Buffer.from(`${'.'.repeat(offset)}${text}`, 'utf8')
        const view = new DataView(source.buffer, source.byteOffset, source.length)
        const isPlain = JSON.stringify(text) === `"${text}"`
        let isCopied = false
        const result = written(line => (isCopied = line.quoted(view, offset, source.length)))
        expect([isCopied, result]).toEqual([isPlain, isPlain ? `"${text}"` : ''])
      }),
      { numRuns: 500 },
    )
  })

  it('grows with what is written', () => {
    for (let at = 0; at < 20_000; at += 1) line.text('0123456789')
    expect(line.take()).toHaveLength(200_000)
    expect(line.length).toBe(0)
  })
})
