import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../../../../shared/model/error.ts'
import { BatchReader, BatchWriter, packBatch, type BatchRecord } from '../../../../engine/source/batch.ts'

const text = fc.string({ unit: 'binary', maxLength: 300 })
const records = fc.array(
  fc.record<BatchRecord>({
    value: text,
    line: fc.maxSafeNat(),
    refusal: fc.option(
      fc.record({ code: fc.constantFrom(...ERROR_CODES.slice(1)), message: text, isSkip: fc.boolean() }),
    ),
  }),
  { maxLength: 200 },
)

function unpack(payload: Uint8Array): BatchRecord[] {
  const reader = new BatchReader(payload)
  const found: BatchRecord[] = []
  while (reader.next()) found.push({ value: reader.value, line: reader.line, refusal: reader.refusal })
  return found
}

describe('packBatch', () => {
  it('gives back every record as it was', () => {
    fc.assert(
      fc.property(records, given => {
        expect(unpack(packBatch(given))).toEqual(given)
      }),
    )
  })

  it('writes the bytes that version 1 fixes', () => {
    const payload = packBatch([
      { value: 'a', line: 300, refusal: null },
      { value: 'é', line: 0, refusal: { code: 'E_DUPLICATE', message: 'm', isSkip: true } },
    ])
    const expected = [
      1,
      2,
      0,
      0xac,
      0x02,
      1,
      0x61,
      3,
      0,
      2,
      0xc3,
      0xa9,
      ERROR_CODES.indexOf('E_DUPLICATE'),
      1,
      0x6d,
    ]
    expect([...payload]).toEqual(expected)
  })
})

describe('BatchWriter', () => {
  it('begins anew after each batch, whose bytes are not touched again', () => {
    const writer = new BatchWriter()
    writer.add('first', 1, null)
    const first = writer.take()
    writer.add('other', 2, null)
    expect([unpack(first), unpack(writer.take())]).toEqual([
      [{ value: 'first', line: 1, refusal: null }],
      [{ value: 'other', line: 2, refusal: null }],
    ])
  })
})

describe('BatchReader', () => {
  it('refuses bytes of another version', () => {
    expect(() => new BatchReader(Uint8Array.of(2, 0))).toThrow('a batch of version 2')
  })

  it('refuses bytes that end too early', () => {
    const whole = packBatch([{ value: 'http://example.com/', line: 1, refusal: null }])
    for (let cut = 2; cut < whole.length; cut += 1)
      expect(() => unpack(whole.subarray(0, cut))).toThrow(RangeError)
  })
})
