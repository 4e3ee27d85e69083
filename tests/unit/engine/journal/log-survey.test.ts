import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { surveyLog } from '../../../../engine/journal/log-survey.ts'
import { withFlippedBit } from '../../../support/records/flip.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

const COMMITS = 6

/** @returns A database as a killed process leaves it, and how many rows are in it. */
function killed({ checkpoints }: { readonly checkpoints: number }): string {
  const directory = temporaryDirectory()
  const database = new DatabaseSync(join(directory, 'living.db'))
  onTestFinished(() => database.close())
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('CREATE TABLE t (x)')
  for (let round = 0; round < checkpoints; round += 1) {
    for (let row = 0; row < 40; row += 1) database.exec(`INSERT INTO t VALUES (zeroblob(${row * 50}))`)
    // What is written next begins at the front of the log again, and leaves the rest of the earlier one behind it.
    database.exec('PRAGMA wal_checkpoint(RESTART)')
  }
  for (let commit = 0; commit < COMMITS; commit += 1) database.exec('INSERT INTO t VALUES (1)')
  const path = join(directory, 'run.db')
  copyFileSync(join(directory, 'living.db'), path)
  copyFileSync(join(directory, 'living.db-wal'), `${path}-wal`)
  return path
}

/** Rows that SQLite finds, without touching the files. */
function rowsIn(path: string): number {
  const copy = `${path}.copy`
  copyFileSync(path, copy)
  copyFileSync(`${path}-wal`, `${copy}-wal`)
  using database = new DatabaseSync(copy)
  return Number(database.prepare('SELECT count(*) AS rows FROM t').get()?.['rows'])
}

describe('surveyLog', () => {
  it('finds nothing wrong with a log, with the leftovers of an earlier one, and without a log', () => {
    for (const checkpoints of [0, 1, 2])
      expect(surveyLog(killed({ checkpoints }))).toEqual({ lostPages: 0, lostCommits: 0 })
    expect(surveyLog(join(temporaryDirectory(), 'run.db'))).toEqual({ lostPages: 0, lostCommits: 0 })
  })

  it('tells of every bit that costs a commit', () => {
    const path = killed({ checkpoints: 1 })
    const whole = rowsIn(path)
    // The log's header and its six commits of one page each.
    const bits = (32 + COMMITS * (24 + 4_096)) * 8
    const look = () => {
      const lost = whole - rowsIn(path)
      const { lostPages, lostCommits } = surveyLog(path)
      if (lost > 0) expect([lostPages > 0, Math.abs(lostCommits - lost) <= 1]).toEqual([true, true])
      else expect(lostPages).toBe(0)
    }
    for (const bit of [0, 33, 128, 160, 200, 256, 256 + 40, 256 + 64, 256 + 96])
      withFlippedBit(`${path}-wal`, bit, look)
    fc.assert(
      fc.property(fc.nat({ max: bits - 1 }), bit => withFlippedBit(`${path}-wal`, bit, look)),
      { numRuns: 40 },
    )
  })

  it('tells of a log that was cut within a page', () => {
    const path = killed({ checkpoints: 0 })
    const log = readFileSync(`${path}-wal`)
    for (const length of [16, 40, log.length - 1, log.length - 4_000]) {
      writeFileSync(`${path}-wal`, log.subarray(0, length))
      expect(surveyLog(path).lostPages).toBeGreaterThan(0)
    }
  })
})
