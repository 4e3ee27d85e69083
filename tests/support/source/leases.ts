import type { Lease, LeaseData, RangeInput } from '../../../engine/worker/protocol.ts'

/** A lease over everything its data holds, but for what `changes` say. */
export const leaseOf = (data: LeaseData, changes: Partial<Lease> = {}): Lease => ({
  id: 1,
  attempt: 1,
  first: 0,
  step: 1,
  end: null,
  data,
  settled: null,
  careful: false,
  quarantine: null,
  ...changes,
})

/** Data of a file read from its beginning. */
export const wholeFile = (
  path: string,
  sizeBytes: number,
  changes: Partial<RangeInput> = {},
): Extract<LeaseData, { type: 'range' }> => ({
  type: 'range',
  input: { path, sizeBytes, format: 'list', field: null, ...changes },
  byteStart: 0,
  indexAtStart: 0,
  lineAtStart: 1,
})
