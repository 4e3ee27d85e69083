import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder } from '../harness/folder.ts'
import { endedWell, enoughKills, runWithKills } from '../harness/kill-everything.ts'
import { equal, type Check, type Scenario } from '../harness/scenario.ts'

const SIZES = { small: { rows: 100_000, kills: 3 }, full: { rows: 1_000_000, kills: 20 } } as const

const nameOf = (at: number): string => `row ${at} of "many", and a comma`
const rowOf = (at: number): string => `"${nameOf(at).replaceAll('"', '""')}",${at}\n`

export const sqliteLoad: Scenario = {
  name: 'sqlite-load',
  title: 'a load into SQLite: kill -9 of everything, the file checked after each',
  async run(context) {
    const { rows, kills } = SIZES[context.size]
    await using folder = makeFolder(context)
    folder.write('data.csv', `name,n\n${Array.from({ length: rows }, (_, at) => rowOf(at)).join('')}`)
    const database = folder.path('data.db')
    const integrity: string[] = []
    const outcome = await runWithKills(context, {
      folder,
      args: ['load', 'data.csv', '--to', 'sqlite:data.db', '--batch', '50'],
      total: rows,
      kills,
      afterKill: () => void integrity.push(integrityOf(database, folder.path('copy'))),
    })
    integrity.push(integrityOf(database, folder.path('copy')))
    return {
      checks: [
        endedWell(outcome),
        equal('integrity_check after each kill and at the end', [...new Set(integrity)], ['ok']),
        ...compare(database, rows),
        enoughKills(context, outcome.kills, kills),
      ],
      figures: {
        rows,
        kills: outcome.kills,
        'integrity checks': integrity.length,
        'slowest first progress ms': Math.round(outcome.slowestProgressMs),
      },
    }
  },
}

/** Checks a copy: opening the file itself would recover it, which is the product's to do. */
function integrityOf(database: string, copyFolder: string): string {
  if (!existsSync(database)) return 'ok'
  mkdirSync(copyFolder)
  try {
    for (const suffix of ['', '-wal', '-journal']) {
      if (existsSync(database + suffix)) copyFileSync(database + suffix, join(copyFolder, `data.db${suffix}`))
    }
    const copy = new DatabaseSync(join(copyFolder, 'data.db'))
    const { integrity_check: found } = copy.prepare('PRAGMA integrity_check').get() as {
      integrity_check: string
    }
    copy.close()
    return found
  } finally {
    rmSync(copyFolder, { recursive: true })
  }
}

function compare(file: string, rows: number): Check[] {
  const database = new DatabaseSync(file, { readOnly: true })
  const found = createHash('sha256')
  const wanted = createHash('sha256')
  let count = 0
  for (const { name, n } of database
    .prepare('SELECT name, n FROM records ORDER BY CAST(n AS INTEGER)')
    .iterate()) {
    found.update(`${String(name)}\0${String(n)}\n`)
    count += 1
  }
  for (let at = 0; at < rows; at += 1) wanted.update(`${nameOf(at)}\0${at}\n`)
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
  database.close()
  return [
    equal('rows', count, rows),
    equal('digest of all rows', found.digest('hex'), wanted.digest('hex')),
    equal(
      'tables at the end',
      tables.map(({ name }) => name),
      ['records'],
    ),
  ]
}
