import { describe, expect, it } from 'vitest'
import { excerptOf } from '../../../../engine/worker/batch-rows.ts'
import { BulkBench } from '../../../support/engine/bulk-bench.ts'

describe('excerptOf', () => {
  it('shows the beginning of a record, on one line, whatever is in it', () => {
    expect(excerptOf(Buffer.from('a\tb\u0007'), null)).toBe('a\\u0009b\\u0007')
    expect(excerptOf(Buffer.from('x'.repeat(500)), null)).toBe(`${'x'.repeat(79)}…`)
    expect(excerptOf(Buffer.alloc(0), null)).toBe('')
  })

  it('reads the record in the encoding of its source, and halves no character', () => {
    const utf16 = JSON.stringify({ format: 'lines', encoding: 'utf-16le' })
    expect(excerptOf(Buffer.from('日本', 'utf16le'), utf16)).toBe('日本')
    const gbk = JSON.stringify({ format: 'lines', encoding: 'gb18030' })
    expect(excerptOf(Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), gbk)).toBe('你好')
    expect(excerptOf(Buffer.from(`x${'€'.repeat(100)}`), null)).toBe(`x${'€'.repeat(78)}…`)
  })
})

describe('recordBatch', () => {
  it('keeps every output of a destination that follows the segments, of records that ended as ok', async () => {
    const bench = new BulkBench()
    let added = 0
    bench.writer.takeOutput = () => `line ${(added += 1)}`
    bench.writer.refuses = text => (text === 'b' ? { code: 'E_SCHEMA', message: 'no', isSkip: false } : null)
    await bench.grant(['a', 'b', 'c', 'd', 'e'])
    bench.writer.settle([{ at: 1, code: 'E_DEST_DATA', message: 'refused' }])
    bench.writer.settle()
    expect(bench.rows.map(({ index, outcome, output, raw }) => [index, outcome, output, raw])).toEqual([
      [2, 'failed', undefined, Buffer.from('c').toString('base64')],
      [1, 'failed', undefined, Buffer.from('b').toString('base64')],
      [0, 'ok', 'line 1', undefined],
      [3, 'ok', 'line 3', undefined],
      [4, 'ok', 'line 4', undefined],
    ])
    expect(bench.counters).toMatchObject({ ok: 3, failed: 2 })
  })

  it('leaves out the bytes of records that were too long to be kept', async () => {
    const bench = new BulkBench()
    const refusal = { code: 'E_LINE_TOO_LONG', message: 'too long', isSkip: false } as const
    await bench.grant([{ refusal, byteLength: 20_000_000 }])
    bench.writer.settle()
    expect(bench.rows[0]).toMatchObject({ error: 'E_LINE_TOO_LONG', byteLength: 20_000_000 })
    expect(bench.rows[0]).not.toHaveProperty('raw')
  })
})
