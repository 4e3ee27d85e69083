import { expect, it } from 'vitest'
import { PackedRows } from '../../../../../engine/destination/sqlite/packed-rows.ts'
import { ABSENT } from '../../../../../engine/destination/sqlite/writer-protocol.ts'

function addRow(rows: PackedRows, index: number, cells: readonly (string | null)[]): void {
  rows.beginRow(index)
  for (const cell of cells) {
    if (cell === null) rows.addAbsent()
    else {
      const at = rows.addCell(Buffer.byteLength(cell))
      rows.bytes.write(cell, at)
    }
  }
  rows.endRow()
}

it('packs rows, and grows for those that are longer or wider than expected', () => {
  const rows = new PackedRows({ records: 1, bytes: 1 })
  const long = 'x'.repeat(100_000)
  addRow(rows, 5, ['a', null, ''])
  addRow(rows, 6, [])
  addRow(rows, 2 ** 40, [long, 'b', 'c', 'd', 'e'])
  addRow(rows, 8, [])

  const { batch } = rows.take()

  expect(Buffer.from(batch.bytes).toString('utf8', 0, 100_005) === `a${long}bcde`).toBe(true)
  expect([...batch.lengths.subarray(0, batch.lengthCount)]).toEqual([
    3,
    1,
    ABSENT,
    0,
    0,
    5,
    100_000,
    1,
    1,
    1,
    1,
    0,
  ])
  expect([...batch.indexes.subarray(0, 4)]).toEqual([5, 6, 2 ** 40, 8])
})

it('writes over a row that was begun and not ended', () => {
  const rows = new PackedRows({ records: 10, bytes: 100 })
  rows.beginRow(1)
  rows.addCell(50)
  rows.addAbsent()
  addRow(rows, 2, ['b'])

  const { batch } = rows.take()

  expect([...batch.lengths.subarray(0, batch.lengthCount)]).toEqual([1, 1])
  expect([batch.bytes[0], batch.indexes[0]]).toEqual([98, 2])
})

it('counts what the batch takes, refusals too, and begins at nothing again', () => {
  const rows = new PackedRows({ records: 10, bytes: 100 })
  expect(rows.openBytes).toBe(0)
  addRow(rows, 0, ['abc'])
  rows.refuse({ task: 1, code: 'E_SCHEMA', message: 'reason' })
  expect(rows.openBytes).toBe(3 + 2 * 4 + 6)

  const { batch, refused } = rows.take()
  rows.giveBack(batch)

  expect([rows.openBytes, refused.length, rows.take().refused.length]).toEqual([0, 1, 0])
  expect(rows.bytes.buffer).toBe(batch.bytes.buffer)
})
