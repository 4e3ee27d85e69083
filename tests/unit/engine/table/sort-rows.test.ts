import { describe, expect, it } from 'vitest'
import { TaskColumns } from '../../../../engine/table/columns.ts'
import { sortRows } from '../../../../engine/table/sort-rows.ts'
import { TASK_SORTS } from '../../../../shared/model/task-table.ts'
import { seededRandom } from '../../../support/engine/random.ts'

const ROWS = 3_000
const random = seededRandom(7)

const columns = new TaskColumns(ROWS)
columns.reserve(ROWS)
columns.length = ROWS
for (let row = 0; row < ROWS; row += 1) {
  columns.index[row] = Math.floor(random() * 2 ** 32)
  columns.status[row] = random() < 0.3 ? 0 : 200 + Math.floor(random() * 300)
  columns.attempts[row] = Math.floor(random() * 4)
  columns.worker[row] = Math.floor(random() * 65_536)
  columns.startedAtMs[row] = (random() - 0.5) * 1e6
  columns.totalMs[row] = random() < 0.2 ? 0 : random() * 10 ** (random() * 8 - 3)
  columns.bodyBytes[row] = random() < 0.2 ? NaN : Math.floor(random() * 2 ** 40)
}

/** Absent values last, equal ones as they were. */
function expected(by: (typeof TASK_SORTS)[number], isDescending: boolean, rows: readonly number[]): number[] {
  const valueOf = (row: number): number => {
    const value = columns[by][row]!
    return by === 'status' && value === 0 ? NaN : value
  }
  return [...rows].sort((a, b) => {
    const [first, second] = [valueOf(a), valueOf(b)]
    if (Number.isNaN(first) || Number.isNaN(second))
      return Number(Number.isNaN(first)) - Number(Number.isNaN(second))
    return isDescending ? second - first : first - second
  })
}

describe('sortRows', () => {
  const all = Array.from({ length: ROWS }, (_, row) => row)
  const some = all.filter(row => row % 3 === 1)

  it.each(TASK_SORTS.flatMap(by => [false, true].map(isDescending => ({ by, isDescending }))))(
    'sorts by $by, descending: $isDescending',
    order => {
      const { by, isDescending } = order
      expect([...sortRows(columns, null, ROWS, order)]).toEqual(expected(by, isDescending, all))
      expect([...sortRows(columns, Uint32Array.from(some), some.length, order)]).toEqual(
        expected(by, isDescending, some),
      )
    },
  )

  it('sorts nothing', () => {
    expect(sortRows(columns, null, 0, { by: 'totalMs', isDescending: false })).toHaveLength(0)
  })
})
