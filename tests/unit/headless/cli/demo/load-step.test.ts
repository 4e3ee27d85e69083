import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import {
  demoLine,
  holdsEveryLine,
  loadsAreExact,
  LoadWatch,
  measureLoad,
  writeLines,
} from '../../../../../headless/cli/demo/load-step.ts'
import { demoNotes } from '../../../../../headless/cli/demo/notes.ts'
import { demoSteps } from '../../../../../headless/cli/demo/steps.ts'
import { en } from '../../../../../shared/locales/en.ts'
import { translator } from '../../../../../shared/locales/translate.ts'
import type { RunState } from '../../../../../shared/model/run.ts'
import { makeSummary } from '../../../../support/cli/run-ticks.ts'

const LINES = 5_000
const step = { ...demoSteps(2).find(({ kind }) => kind === 'load')!, tasks: LINES }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** @returns The path of a database with the demo's lines, some of them changed. */
function makeDatabase(change: (index: number) => string | null = demoLine, count = LINES): string {
  const path = join(folder, 'lines.db')
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE records (key INTEGER PRIMARY KEY, value TEXT); BEGIN')
  const insert = database.prepare('INSERT INTO records VALUES (?, ?)')
  for (let index = 0; index < count; index += 1) {
    const value = change(index)
    if (value !== null) insert.run(index, value)
  }
  database.exec('COMMIT')
  database.close()
  return path
}

describe('the load of the tour', () => {
  it('writes the lines that it says, each different, with nothing to strip', async () => {
    const path = join(folder, 'lines.txt')
    expect(await writeLines(path, LINES)).toBe(readFileSync(path).length)
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
    expect(lines).toEqual(Array.from({ length: LINES }, (_, index) => demoLine(index)))
    expect(new Set(lines.map(line => line.trim())).size).toBe(LINES)
  })

  it.each<[string, boolean, Parameters<typeof makeDatabase>]>([
    ['holds every line', true, []],
    ['lacks one', false, [index => (index === 4_321 ? null : demoLine(index))]],
    ['has one that is different', false, [index => (index === 17 ? 'line 17' : demoLine(index))]],
    ['has one more', false, [demoLine, LINES + 1]],
  ])('tells that a table %s', (_what, isExact, parts) => {
    expect(holdsEveryLine(makeDatabase(...parts), LINES)).toBe(isExact)
  })

  it('is timed from the start of the work to its end', () => {
    let nowMs = 0
    const watch = new LoadWatch(() => nowMs)
    const states: [number, RunState][] = [
      [100, 'planned'],
      [700, 'running'],
      [900, 'running'],
      [2_700, 'finishing'],
      [3_000, 'done'],
    ]
    for (const [atMs, state] of states) {
      nowMs = atMs
      watch.take({ type: 'run.state', state, reason: null })
    }
    expect(watch.spanMs).toBe(2_000)
  })

  it('is exact, or the tour says that it is not', () => {
    const tasks = { total: LINES, ok: LINES, failed: 0, skipped: 0, quarantined: 0, remaining: 0 }
    const summary = makeSummary({ kind: 'load', tasks, state: 'done' })
    const found = { spanMs: 1_250, inputBytes: 500_000, database: makeDatabase() }
    const right = measureLoad(step, summary, found)
    expect(loadsAreExact([right])).toBe(true)
    expect(demoNotes([right], 2, translator(en))[0]).toBe(
      'Load: 5,000 lines were in an SQLite file after 1.25 s (391 KiB/s), and every one was read back and found as it was.',
    )

    rmSync(found.database)
    const wrong = measureLoad(step, summary, { ...found, database: makeDatabase(() => null) })
    expect(loadsAreExact([right, wrong])).toBe(false)
    expect(demoNotes([wrong], 2, translator(en))[0]).toContain('does not hold what was loaded')

    const stopped = measureLoad(step, { ...summary, state: 'stopped' }, found)
    expect(loadsAreExact([stopped])).toBeNull()
  })
})
