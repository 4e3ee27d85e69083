import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { readJournal } from '../../../engine/journal/journal-state.ts'
import { RunLock } from '../../../engine/journal/lock.ts'
import { runPaths } from '../../../engine/journal/run-paths.ts'
import { SettledBitmap } from '../../../engine/journal/settled-bitmap.ts'
import { exportRun } from '../../../engine/records/export.ts'
import { listRuns } from '../../../engine/records/run-list.ts'
import { Child } from '../../support/records/child.ts'
import { range } from '../../support/records/run.ts'
import { temporaryDirectory } from '../../support/records/temporary.ts'

const script = new URL('../../support/records/committing-process.ts', import.meta.url)
const TOTAL = 800
const KILLS = 4

function indexesOf(path: string): number[] {
  if (path.endsWith('.db')) {
    using database = new DatabaseSync(path, { readOnly: true })
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    return database
      .prepare('SELECT "index" FROM results')
      .all()
      .map(row => Number(row['index']))
  }
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '')
  if (path.endsWith('.csv')) return lines.slice(1).map(line => Number(line.slice(0, line.indexOf(','))))
  return lines.map(line => (JSON.parse(line) as { index: number }).index)
}

const sorted = (indexes: number[]): number[] => [...indexes].sort((a, b) => a - b)

/** Kills the process after so many commits, again and again, then lets it come to its end. */
async function runThroughKills(dataDir: string, out: string, order: string): Promise<void> {
  const paths = runPaths(dataDir, 'run-1')
  let lowest = 0
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = new Child(script, [dataDir, out, order, String(TOTAL)])
    for (let commits = 0; commits <= kill % 4; commits += 1) {
      const said = await child.until('committed')
      lowest = Number(said.split(' ')[1])
    }
    await child.kill()
    const settled = SettledBitmap.fromBytes(readJournal(paths).settled).count
    expect(settled).toBeGreaterThanOrEqual(lowest)
    expect(listRuns(dataDir)).toMatchObject([{ state: 'stopped', isOwned: false, tasks: { ok: settled } }])
  }
  const last = new Child(script, [dataDir, out, order, String(TOTAL)])
  await last.until('done')
  expect(await last.exited()).toBe(0)
}

describe('a run whose process is killed again and again', () => {
  it.each(['results.jsonl', 'results.csv', 'results.db'])('has every record once in %s', async out => {
    const dataDir = temporaryDirectory()
    await runThroughKills(dataDir, out, 'completion')
    expect(sorted(indexesOf(join(dataDir, out)))).toEqual(range(0, TOTAL))
    const exported = join(dataDir, 'exported.jsonl')
    await exportRun(runPaths(dataDir, 'run-1'), { out: exported, mode: 'create' })
    expect(sorted(indexesOf(exported))).toEqual(range(0, TOTAL))
  })

  it('has every record once and in order when the order of the input was asked for', async () => {
    const dataDir = temporaryDirectory()
    await runThroughKills(dataDir, 'results.jsonl', 'input')
    expect(indexesOf(join(dataDir, 'results.jsonl'))).toEqual(range(0, TOTAL))
  })
})

describe('a run that another process owns', () => {
  it('is refused with the name of its owner, and free as soon as the owner is killed', async () => {
    const dataDir = temporaryDirectory()
    const paths = runPaths(dataDir, 'run-1')
    const owner = new Child(script, [dataDir, 'results.jsonl', 'completion', '4000000000'])
    await owner.until('opened')
    expect(listRuns(dataDir)).toMatchObject([{ runId: 'run-1', isOwned: true }])
    const refusal = { code: 'E_LOCKED', message: expect.stringContaining(`process ${owner.process.pid}`) }
    expect(() => RunLock.acquire(paths)).toThrow(expect.objectContaining(refusal))
    await owner.kill()
    using _lock = RunLock.acquire(paths)
    expect(listRuns(dataDir)).toMatchObject([{ runId: 'run-1', isOwned: true }])
  })

  it('goes to exactly one of several that want it', async () => {
    const dataDir = temporaryDirectory()
    const first = new Child(script, [dataDir, 'results.jsonl', 'completion', '4000000000'])
    await first.until('committed')
    await first.kill()
    const rivals = [1, 2, 3].map(
      () => new Child(script, [dataDir, 'results.jsonl', 'completion', '4000000000']),
    )
    const outcomes = await Promise.all(
      rivals.map(rival => rival.until('opened').catch(error => String(error))),
    )
    expect(outcomes.filter(outcome => outcome.startsWith('opened'))).toEqual(['opened 2'])
    expect(outcomes.filter(outcome => outcome.includes('in use by process'))).toHaveLength(2)
    for (const rival of rivals) await rival.kill()
  })
})
