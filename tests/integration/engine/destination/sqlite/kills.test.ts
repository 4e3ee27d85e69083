import { join } from 'node:path'
import { expect, it } from 'vitest'
import { execute, rowsOf, valueOf } from '../../../../support/load/sqlite-file.ts'
import { Child } from '../../../../support/records/child.ts'
import { temporaryDirectory } from '../../../../support/records/temporary.ts'

const script = new URL('../../../../support/load/sqlite-loading-process.ts', import.meta.url)
const TOTAL = 12_000
const KILLS = 4

it(
  'writes rows without a key exactly once through kills, and forgets no refused row',
  { timeout: 60_000 },
  async () => {
    const path = join(temporaryDirectory(), 'out.db')
    execute(path, "CREATE TABLE records (id TEXT, text TEXT CHECK (text <> 'bad'))")

    let identity = '-'
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const child = new Child(script, [path, String(TOTAL), identity])
      identity = (await child.until('begun')).slice('begun '.length)
      for (let settled = 0; settled < kill * 2; settled += 1) await child.until('settled')
      await child.kill()
      expect(valueOf(path, 'PRAGMA integrity_check')).toBe('ok')
    }
    const last = new Child(script, [path, String(TOTAL), identity])
    const done = await last.until('done')

    const bad = Array.from({ length: TOTAL }, (_, task) => task).filter(task => task % 100 === 7)
    expect(JSON.parse(done.slice('done '.length))).toEqual(bad)
    expect(
      rowsOf(path, 'SELECT count(*), count(DISTINCT id), max(CAST(id AS INTEGER)) FROM records'),
    ).toEqual([[TOTAL - bad.length, TOTAL - bad.length, TOTAL - 1]])
    expect(rowsOf(path, 'SELECT name FROM sqlite_schema')).toEqual([['records']])
    expect(valueOf(path, 'PRAGMA integrity_check')).toBe('ok')
  },
)
