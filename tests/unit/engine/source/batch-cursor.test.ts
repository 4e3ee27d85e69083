import { describe, expect, it } from 'vitest'
import { packBatch } from '../../../../engine/source/batch.ts'
import { openLease } from '../../../../engine/source/open-lease.ts'
import { drain } from '../../../support/source/drain.ts'
import { leaseOf } from '../../../support/source/leases.ts'

const payload = packBatch(
  Array.from({ length: 8 }, (_, at) => ({
    value: `http://h/${at}`,
    line: at + 1,
    refusal: at === 3 ? { code: 'E_DUPLICATE' as const, message: 'again', isSkip: true } : null,
  })),
)
const data = { type: 'batch' as const, firstIndex: 100, payload }

describe('openBatch', () => {
  it('gives the records between the lease and what is settled', async () => {
    const cursor = openLease(leaseOf(data, { first: 101, end: 106, settled: Uint8Array.of(0b10) }))
    expect(await drain(cursor)).toEqual([
      { index: 101, value: 'http://h/1', line: 2, refusal: null },
      {
        index: 103,
        value: 'http://h/3',
        line: 4,
        refusal: { code: 'E_DUPLICATE', message: 'again', isSkip: true },
      },
      { index: 104, value: 'http://h/4', line: 5, refusal: null },
      { index: 105, value: 'http://h/5', line: 6, refusal: null },
    ])
    expect([cursor.endIndex, cursor.totalAhead]).toEqual([null, null])
  })

  it('tells where the data ends when the lease does not', async () => {
    const cursor = openLease(leaseOf(data, { first: 100, step: 4 }))
    expect(cursor.totalAhead).toBe(108)
    expect((await drain(cursor)).map(({ index }) => index)).toEqual([100, 104])
    expect(cursor.endIndex).toBe(108)
  })
})
