import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CommandFolder } from '../../tests/support/command-folder.ts'
import { makeFolder } from '../harness/folder.ts'
import { equal, type ChaosContext, type Check, type Scenario } from '../harness/scenario.ts'
import { mayMount, Volume } from '../storage/volume.ts'

const FULL_BYTES = 512 * 2 ** 10
const ROOMY_BYTES = 256 * 2 ** 20
const TASKS = 16_000
const CPU = ['cpu', '--kernel', 'sha256', '--size', '1', '--tasks', String(TASKS), '--in-flight', '2']

/** Something that is written while a run goes on, on a volume that has no room for all of it. */
interface Case {
  readonly what: string
  /** Folder of the volume, in that of the commands. */
  readonly volume: 'data' | 'full'
  readonly args: readonly string[]
  /** What is delivered when everything is done, in numbers. */
  readonly delivered: (folder: CommandFolder) => unknown
  readonly wanted: unknown
}

const lines = (path: string): number =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0

function rows(path: string, table: string): unknown {
  using database = new DatabaseSync(path, { readOnly: true })
  return Object.values(database.prepare(`SELECT count(*), count(DISTINCT rowid) FROM ${table}`).get() ?? {})
}

const CASES: readonly Case[] = [
  {
    what: 'journal and segments',
    volume: 'data',
    args: [...CPU, '--out', 'out.jsonl'],
    delivered: folder => lines(folder.path('out.jsonl')),
    wanted: TASKS,
  },
  {
    what: '--out .jsonl',
    volume: 'full',
    args: [...CPU, '--out', 'full/out.jsonl'],
    delivered: folder => lines(folder.path('full/out.jsonl')),
    wanted: TASKS,
  },
  {
    what: '--out .db',
    volume: 'full',
    args: [...CPU, '--out', 'full/out.db'],
    delivered: folder => rows(folder.path('full/out.db'), 'results'),
    wanted: [TASKS, TASKS],
  },
  {
    what: 'rejects',
    volume: 'full',
    args: [
      'load',
      'bad.jsonl',
      '--to',
      'null:',
      '--max-rejects',
      '100%',
      '--allow-failures',
      '100%',
      '--rejects',
      'full/rejects.jsonl',
    ],
    delivered: folder => lines(folder.path('full/rejects.jsonl')),
    wanted: TASKS,
  },
  {
    what: 'destination in SQLite',
    volume: 'full',
    args: ['load', 'good.jsonl', '--to', 'sqlite:full/data.db'],
    delivered: folder => rows(folder.path('full/data.db'), 'records'),
    wanted: [TASKS, TASKS],
  },
]

export const fullDisk: Scenario = {
  name: 'full-disk',
  title: 'a volume that fills up under the journal, outputs, rejects, a destination, an export and a log',
  async run(context) {
    if (!mayMount()) {
      console.error('full-disk is SKIPPED: only root may mount a volume of its own')
      return { checks: [], figures: { skipped: 'needs root' } }
    }
    const isSmall = context.size === 'small'
    const cases = isSmall ? CASES.slice(0, 1) : CASES
    const others = isSmall ? [fillLog] : [waitForRoom, fillExport, fillLog]
    const checks: Check[] = []
    for (const each of cases) checks.push(...(await fillUp(context, each)))
    for (const fill of others) checks.push(...(await fill(context)))
    return { checks, figures: { volumes: cases.length + others.length } }
  },
}

/** The run stops when nobody makes room, and a resume brings it to its end once there is some. */
async function fillUp(
  context: ChaosContext,
  { what, volume, args, delivered, wanted }: Case,
): Promise<Check[]> {
  await using folder = prepared(context)
  using full = new Volume(folder.path(volume), FULL_BYTES)
  const stopped = await folder.runJson([...args, '--patience', '1s'])
  const { error } = stopped.summary
  full.resize(ROOMY_BYTES)
  const done = await folder.runJson(['resume', 'latest'])
  return [
    equal(`${what}: exit code without room`, stopped.code, 5),
    equal(`${what}: code without room`, error?.code, 'E_DISK_FULL'),
    equal(
      `${what}: the message names the file and the bytes`,
      /\d+ bytes are needed to write .*\/(data|full)\//.test(error?.message ?? ''),
      true,
    ),
    equal(`${what}: exit code of the resume`, done.code, 0),
    equal(`${what}: delivered after the resume`, delivered(folder), wanted),
  ]
}

/** Within its patience a run goes on by itself. */
async function waitForRoom(context: ChaosContext): Promise<Check[]> {
  await using folder = prepared(context)
  using full = new Volume(folder.path('data'), FULL_BYTES)
  const command = folder.start([...CPU, '--out', 'out.jsonl', '--events', '--patience', '60s'])
  const told = await command.event('run.state', ({ reason }) => String(reason).includes('no space left'))
  full.resize(ROOMY_BYTES)
  const { code } = await command.ended
  return [
    equal(
      'in time: says what it waits for',
      String(told['reason']).includes('bytes are needed to write'),
      true,
    ),
    equal('in time: exit code', code, 0),
    equal('in time: delivered', lines(folder.path('out.jsonl')), TASKS),
  ]
}

async function fillExport(context: ChaosContext): Promise<Check[]> {
  await using folder = prepared(context)
  await folder.runJson(CPU)
  using full = new Volume(folder.path('full'), FULL_BYTES)
  writeFileSync(join(full.path, 'old.jsonl'), 'old\n')
  const refused = await folder.run(['runs', 'export', 'latest', '--out', 'full/old.jsonl', '--force'])
  const left = spawnSync('ls', ['-A', full.path], { encoding: 'utf8' }).stdout
  const old = folder.read('full/old.jsonl')
  full.resize(ROOMY_BYTES)
  const done = await folder.run(['runs', 'export', 'latest', '--out', 'full/old.jsonl', '--force'])
  return [
    equal('export: exit code without room', refused.code, 5),
    equal('export: the old file is whole, and nothing else there', [old, left], ['old\n', 'old.jsonl\n']),
    equal('export: exit code with room', done.code, 0),
    equal('export: delivered', lines(folder.path('full/old.jsonl')), TASKS),
  ]
}

/** What a command prints into a full file is lost; its work is not. */
async function fillLog(context: ChaosContext): Promise<Check[]> {
  await using folder = prepared(context)
  using full = new Volume(folder.path('full'), 64 * 2 ** 10)
  const script = '"$0" "$@" > full/log 2> full/errors'
  const args = [...CPU, '--out', 'out.jsonl', '--events', '--data-dir', folder.dataDir]
  writeFileSync(join(full.path, 'fill'), Buffer.alloc(60 * 2 ** 10))
  const { status } = spawnSync('sh', ['-c', script, process.execPath, context.command, ...args], {
    cwd: folder.folder,
  })
  return [
    equal('log: exit code says that the log is not whole', status, 5),
    equal('log: delivered', lines(folder.path('out.jsonl')), TASKS),
  ]
}

function prepared(context: ChaosContext): CommandFolder {
  const folder = makeFolder(context)
  const text = 'x'.repeat(60)
  folder.write(
    'good.jsonl',
    Array.from({ length: TASKS }, (_, at) => `{"id":${at},"text":"${text}"}\n`).join(''),
  )
  folder.write('bad.jsonl', Array.from({ length: TASKS }, (_, at) => `{"id":${at},${text}\n`).join(''))
  return folder
}
