import { describe, expect, it } from 'vitest'
import { openLease } from '../../../../engine/source/open-lease.ts'
import { drain } from '../../../support/source/drain.ts'
import { leaseOf } from '../../../support/source/leases.ts'

describe('openIndexes', () => {
  it('counts through the lease in its steps, without what is settled', async () => {
    const cursor = openLease(
      leaseOf({ type: 'none' }, { first: 2, step: 3, end: 15, settled: Uint8Array.of(0b100) }),
    )
    expect((await drain(cursor)).map(({ index, value }) => [index, value])).toEqual([
      [2, ''],
      [5, ''],
      [11, ''],
      [14, ''],
    ])
  })

  it('has no task without an end', async () => {
    expect(await drain(openLease(leaseOf({ type: 'none' })))).toEqual([])
  })
})
