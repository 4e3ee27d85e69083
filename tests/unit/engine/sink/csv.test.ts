import { describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TaskRun, TestTables } from '../../../support/table/task-run.ts'

/** The columns `index`, `url` and `title` of what a crawl wrote; cells of this test hold no line ends. */
async function cellsOf(titles: readonly string[], isSpreadsheetSafe: boolean): Promise<string[]> {
  const run = TaskRun.create()
  await run.settle(titles.map((title, index) => ({ index, title })))
  const path = join(run.dataDir, 'out.csv')
  const { service } = new TestTables(run.dataDir)
  await service.writeRecords({ runId: 'run-1', filter: null, path, isSpreadsheetSafe })
  const text = readFileSync(path, 'utf8')
  return titles.map(
    (_, index) =>
      new RegExp(`^${index},http.*?,0?\\d*,.*?,1024,,("(?:[^"]|"")*"|[^,]*),`, 'ms').exec(text)?.[1] ??
      'none',
  )
}

const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '=HYPERLINK("http://x")']

describe('csv', () => {
  it('leaves cells as they are unless it is for a spreadsheet', async () => {
    expect(await cellsOf(['=1+1', 'plain'], false)).toEqual(['=1+1', 'plain'])
  })

  it('puts an apostrophe before what a spreadsheet takes for a formula', async () => {
    const cells = await cellsOf(FORMULAS, true)
    expect(cells.map(cell => cell.replace(/^"/, '')[0])).toEqual(FORMULAS.map(() => "'"))
    expect(cells.at(-1)).toBe(`"'=HYPERLINK(""http://x"")"`)
  })

  it('leaves what is no formula alone', async () => {
    const plain = ['plain', '1 - 1', 'a=b', '']
    expect(await cellsOf(plain, true)).toEqual(['plain', '1 - 1', 'a=b', '""'])
  })
})
