import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { runInterleave } from '../harness/interleave.ts'
import { lineText, writeLines } from '../harness/line-file.ts'
import { runRounds } from '../harness/rounds.ts'
import { runCommand, type Measured } from '../harness/run-command.ts'
import {
  atLeast,
  type BenchOptions,
  type Contender,
  type Report,
  type Scenario,
} from '../harness/scenario.ts'

const MILLION = 1_000_000
const MEGABYTE = 1e6

interface Load {
  readonly name: string
  readonly lines: number
  readonly database: string
  readonly load: () => Promise<Measured>
}

function contender({ name, lines, database, load }: Load): Contender {
  return {
    name,
    run: async () => {
      for (const ending of ['', '-wal', '-shm']) rmSync(`${database}${ending}`, { force: true })
      const measured = await load()
      const query = `SELECT count(*) || ' ' || (SELECT value FROM records WHERE key = ${lines - 1}) FROM records`
      const found = execFileSync('sqlite3', [database, query], { encoding: 'utf8' }).trimEnd()
      if (found !== `${lines} ${lineText(lines - 1)}`) throw new Error(`${name}: the table holds ${found}`)
      const { seconds, cpuSec, peakRssBytes } = measured
      return {
        value: lines / seconds,
        also: { seconds, 'CPU ms/1k': (cpuSec * 1e6) / lines, 'RSS MB': peakRssBytes / MEGABYTE },
      }
    },
  }
}

async function run(options: BenchOptions): Promise<Report> {
  const lines = options.isQuick ? MILLION / 10 : MILLION
  const database = join(options.workDir, 'records.db')
  const plain = join(options.workDir, 'records.txt')
  const keyed = join(options.workDir, 'records.tsv')
  writeLines(plain, lines)
  writeLines(keyed, lines, index => `${index}\t`)
  const script = [
    'PRAGMA journal_mode=WAL;',
    'PRAGMA synchronous=NORMAL;',
    'CREATE TABLE records (key INTEGER PRIMARY KEY, value TEXT);',
    '.mode tabs',
    `.import ${keyed} records`,
  ]
  const load = ['load', plain, '--to', `sqlite:${database}`]
  const rounds = await runRounds(
    [
      contender({
        name: 'interleave',
        lines,
        database,
        load: async () =>
          (await runInterleave({ args: load, core: null, workDir: options.workDir })).measured,
      }),
      contender({
        name: 'sqlite3 .import',
        lines,
        database,
        load: () => runCommand({ line: ['sqlite3', database, ...script], core: null }),
      }),
    ],
    options.rounds,
  )
  return {
    rows: rounds.table('rows/s', 'sqlite3 .import'),
    goals: [atLeast('interleave / sqlite3 .import', rounds.ratio('interleave', 'sqlite3 .import'), 1)],
    notes: [
      'lines of 100 bytes under an INTEGER PRIMARY KEY; WAL, synchronous NORMAL for both; .import reads a file that has the keys already',
    ],
  }
}

export const loadSqlite: Scenario = {
  name: 'load-sqlite',
  title: 'load a million lines into SQLite',
  run,
}
