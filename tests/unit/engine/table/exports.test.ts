import { existsSync, mkdirSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Exports, nameOf } from '../../../../engine/table/exports.ts'
import { PIECE_BYTES } from '../../../../shared/contract/contract.ts'
import { range } from '../../../support/records/run.ts'
import { TaskRun, TestTables } from '../../../support/table/task-run.ts'

const HOUR_SEC = 3_600
const wanted = { runId: 'run-1', format: 'jsonl', filter: null, isSpreadsheetSafe: false } as const

async function exportsOf(tasks: number) {
  const run = TaskRun.create()
  await run.settle(range(0, tasks).map(index => ({ index })))
  return {
    dataDir: run.dataDir,
    exports: new Exports(run.dataDir),
    tables: new TestTables(run.dataDir).service,
  }
}

/** A folder as another process may have left it. */
function leave(dataDir: string, name: string, ageSec: number): string {
  const folder = join(dataDir, 'exports', name)
  mkdirSync(folder, { recursive: true })
  const at = Date.now() / 1_000 - ageSec
  utimesSync(folder, at, at)
  return folder
}

describe('Exports', () => {
  it('hands an export over in pieces', async () => {
    const { exports, tables } = await exportsOf(4_000)
    const { exportId, bytes, records } = await exports.make(tables, wanted)
    expect(records).toBe(4_000)
    const first = await exports.read(exportId, 0)
    const second = await exports.read(exportId, PIECE_BYTES)
    expect([first.length, second.length]).toEqual([PIECE_BYTES, bytes - PIECE_BYTES])
    expect(first.buffer.byteLength).toBe(first.length)
    expect(await exports.read(exportId, bytes)).toHaveLength(0)
  })

  it('removes what nobody used for an hour, and nothing else', async () => {
    const { dataDir, exports, tables } = await exportsOf(1)
    const old = leave(dataDir, 'from-yesterday', 24 * HOUR_SEC)
    const young = leave(dataDir, 'from-just-now', HOUR_SEC / 2)
    const foreign = leave(dataDir, '.of somebody else', 24 * HOUR_SEC)
    await exports.make(tables, wanted)
    expect([old, young, foreign].map(existsSync)).toEqual([false, true, true])
  })

  it('leaves nothing behind when it closes, nor of an export that failed', async () => {
    const { dataDir, exports, tables } = await exportsOf(1)
    const { exportId } = await exports.make(tables, wanted)
    await expect(exports.make(tables, { ...wanted, runId: 'other' })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    })
    await exports.close()
    expect(readdirSync(join(dataDir, 'exports'))).toEqual([])
    await expect(exports.read(exportId, 0)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })
})

describe('nameOf', () => {
  it.each([
    ['urls.txt', 'urls.txt-run-1.csv'],
    ['https://a.test/x?y=1', 'a.test-x-y-1-run-1.csv'],
    ['../../etc/passwd', 'etc-passwd-run-1.csv'],
    ['primes × 200', 'primes-200-run-1.csv'],
    ['网址.txt and 2 more', '网址.txt-and-2-more-run-1.csv'],
    ['\u0000\u202e', 'run-run-1.csv'],
  ])('makes a file name of %j', (title, name) => {
    const made = nameOf(title, 'run-1', 'csv')
    expect(made.replace(/^[.-]+/, '')).toBe(name)
    expect(made).not.toMatch(/[/\\]|^\./)
  })
})
