import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { AppliedInDatabase } from '../../../../../engine/destination/sqlite/applied-records.ts'
import { createPositions } from '../../../../../engine/destination/sqlite/positions.ts'
import type { AppliedSpan } from '../../../../../engine/destination/destination.ts'

function appliedOf(spans: readonly AppliedSpan[], tasks: number): number[] {
  using database = new DatabaseSync(':memory:')
  createPositions(database)
  const applied = new AppliedInDatabase(database, 'a-run', spans)
  return Array.from({ length: tasks }, (_, task) => task).filter(task => applied.isApplied(task))
}

it('holds the tasks of overlapping, touching and separate leases', () => {
  const spans = [
    { first: 12, step: 1, next: 14 },
    { first: 2, step: 1, next: 6 },
    { first: 4, step: 1, next: 5 },
    { first: 6, step: 1, next: 8 },
    { first: 9, step: 1, next: 9 },
  ]
  expect(appliedOf(spans, 20)).toEqual([2, 3, 4, 5, 6, 7, 12, 13])
})

it('holds every so many tasks of leases with a step', () => {
  const spans = [
    { first: 1, step: 3, next: 8 },
    { first: 2, step: 3, next: 3 },
    { first: 10, step: 3, next: 11 },
    { first: 0, step: 5, next: 11 },
  ]
  expect(appliedOf(spans, 20)).toEqual([0, 1, 2, 4, 5, 7, 10])
})

it('holds nothing at first', () => {
  expect(appliedOf([], 3)).toEqual([])
})
