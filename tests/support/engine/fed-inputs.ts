import fc from 'fast-check'
import type { FedInput } from './fed-supply.ts'

/** Up to four inputs of any kind, some of them empty. */
export const fedInputs: fc.Arbitrary<FedInput[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('marks' as const),
      count: fc.nat(60),
      every: fc.integer({ min: 1, max: 20 }),
      block: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({
      kind: fc.constant('batches' as const),
      counts: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant('indexes' as const), count: fc.nat(40) }),
  ),
  { maxLength: 4 },
)
