import { describe, expect, it } from 'vitest'
import { TABLE_LIMITS } from '../../../../engine/table/row-intake.ts'
import { TableShelf } from '../../../../engine/table/table-shelf.ts'
import { CRAWL_LAYOUT } from '../../../../shared/model/record-layout.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'
import { TaskRun } from '../../../support/table/task-run.ts'

function shelfOf(runs: number) {
  const dataDir = temporaryDirectory()
  for (let number = 0; number < runs; number += 1)
    TaskRun.create({ runId: `run-${number}` }, CRAWL_LAYOUT, dataDir)
  const clock = { nowMs: 0 }
  return { clock, shelf: new TableShelf({ dataDir, nowMs: () => clock.nowMs, limits: TABLE_LIMITS }) }
}

describe('TableShelf', () => {
  it('keeps the four tables that were asked for last', () => {
    const { shelf } = shelfOf(6)
    const first = shelf.open('run-0')
    for (const number of [1, 2, 3]) shelf.open(`run-${number}`)
    expect(shelf.open('run-0')).toBe(first)
    shelf.open('run-4')
    expect(shelf.size).toBe(4)
    expect(shelf.open('run-0')).toBe(first)
  })

  it('lets go of a table that nobody asked for in a minute', () => {
    const { shelf, clock } = shelfOf(2)
    shelf.open('run-0')
    clock.nowMs = 30_000
    shelf.open('run-1')
    clock.nowMs = 60_000
    shelf.sweep()
    expect(shelf.size).toBe(1)
    clock.nowMs = 90_000
    shelf.sweep()
    expect(shelf.size).toBe(0)
  })
})
