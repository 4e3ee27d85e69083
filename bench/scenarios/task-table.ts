import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Journal } from '../../engine/journal/journal.ts'
import { runPaths, segmentPath, type RunPaths } from '../../engine/journal/run-paths.ts'
import { SegmentWriter } from '../../engine/journal/segment-writer.ts'
import { TABLE_LIMITS } from '../../engine/table/row-intake.ts'
import { TableService } from '../../engine/table/table-service.ts'
import type { Tables } from '../../engine/table/table-link.ts'
import { nowMs } from '../../engine/worker/clock.ts'
import { makeCounters } from '../../shared/model/counters.ts'
import { errorNumber } from '../../shared/model/error.ts'
import { parseJob } from '../../shared/model/job-schema.ts'
import { JOB_SCHEMA } from '../../shared/model/job.ts'
import { OUTCOME } from '../../shared/model/outcome.ts'
import { CRAWL_LAYOUT, positionsOf } from '../../shared/model/record-layout.ts'
import type { TaskStream } from '../../shared/model/task-stream.ts'
import type { TaskFilter } from '../../shared/model/task-table.ts'
import { runRounds } from '../harness/rounds.ts'
import { atMost, type BenchOptions, type Contender, type Report, type Scenario } from '../harness/scenario.ts'
import { median } from '../harness/statistics.ts'

const ROWS = 1_000_000
const SEGMENTS = 4
const HOSTS = 400
const LANES = 64
/** How often a lane begins a task, and how long one takes at most. */
const TURN_MS = 40
const ROWS_A_TURN = 20_000
const RUN = 'bench-table'
const LIMIT_MS = 300
const STREAM_LIMIT_MS = 100
/** Shares of tasks that fail, one in so many, by cause. */
const CAUSES = [
  { every: 50, code: 'E_TIMEOUT_TOTAL' },
  { every: 71, code: 'E_CONNECT' },
] as const

const { numbers: NUMBER, strings: STRING } = positionsOf(CRAWL_LAYOUT)

/** Fills what a crawl of pages would record, the same in every round. */
function fill(index: number, numbers: Float64Array, strings: (string | null)[]): void {
  const spread = Math.imul(index, 0x9e3779b1) >>> 0
  const cause = CAUSES.find(({ every }) => index % every === 0)
  numbers.fill(0)
  numbers[NUMBER.index] = index
  numbers[NUMBER.startedAtMs] = Math.floor(index / SEGMENTS / LANES) * TURN_MS + (spread % 10)
  numbers[NUMBER.totalMs] = 1 + (spread % 100_000) / 3_450
  numbers[NUMBER.outcome] = cause === undefined ? OUTCOME.ok : OUTCOME.failed
  numbers[NUMBER.error] = cause === undefined ? 0 : errorNumber(cause.code)
  numbers[NUMBER.attempts] = cause === undefined ? 1 : 3
  numbers[NUMBER.worker] = index % SEGMENTS
  numbers[NUMBER.lane] = Math.floor(index / SEGMENTS) % LANES
  numbers[NUMBER.connectMs] = spread % 5
  numbers[NUMBER.ttfbMs] = 10 + (spread % 13)
  numbers[NUMBER.downloadMs] = spread % 7
  numbers[NUMBER.status] = cause === undefined ? 200 : 0
  numbers[NUMBER.bodyBytes] = cause === undefined ? spread % 200_000 : NaN
  strings.fill(null)
  strings[STRING.url] = `https://www.example-${spread % HOSTS}.test/articles/${index}/page.html?from=list`
  strings[STRING.contentType] = 'text/html; charset=utf-8'
  if (cause !== undefined) strings[0] = `www.example-${spread % HOSTS}.test:443: no answer within 60000 ms`
}

function createJournal(paths: RunPaths): Journal {
  const job = parseJob({ schema: JOB_SCHEMA, kind: 'crawl', inputs: ['/urls.txt'], crawl: {} })
  const options = {
    out: [],
    outMode: 'create',
    allowFailures: { unit: 'tasks', value: 0 },
    asserts: [],
    patienceMs: null,
    rejects: null,
    pass: 'write',
  } as const
  const parallelism = {
    model: 'processes',
    processes: SEGMENTS,
    threads: 1,
    inFlight: 64,
    partition: 'dynamic',
    order: 'completion',
  } as const
  const startedAt = new Date().toISOString()
  return Journal.create(paths, { runId: RUN, job, options, parallelism, startedAt }, nowMs)
}

/** Writes a run as four workers would have. */
async function writeRun(dataDir: string, rows: number): Promise<void> {
  const paths = runPaths(dataDir, RUN)
  const journal = createJournal(paths)
  const numbers = new Float64Array(CRAWL_LAYOUT.numbers.length)
  const strings: (string | null)[] = CRAWL_LAYOUT.strings.map(() => null)
  const segments: { id: number; bytes: number }[] = []
  for (let id = 1; id <= SEGMENTS; id += 1) {
    const path = segmentPath(paths, id)
    await using segment = await SegmentWriter.open({ path, layout: CRAWL_LAYOUT, runId: RUN, segmentId: id })
    for (let index = id - 1, turn = 1; index < rows; index += SEGMENTS, turn += 1) {
      fill(index, numbers, strings)
      segment.append(numbers, strings)
      if (turn % ROWS_A_TURN === 0) await segment.sync()
    }
    segments.push({ id, bytes: await segment.sync() })
  }
  const settled = { pages: [], histograms: [], errors: [], fingerprints: null, suspects: [] }
  const sums = { total: rows, elapsedMs: 1, cpuSec: 1, peakRssBytes: 1, counters: makeCounters() }
  journal.commit({ ...settled, ...sums, segments, state: 'running', durability: 'normal' })
  journal.close()
}

const makeTables = (dataDir: string): Tables => new TableService({ dataDir, nowMs, limits: TABLE_LIMITS })

/** @returns Milliseconds of CPU until the table holds every record: it reads beside a run that goes on. */
async function readAll(tables: Tables, rows: number): Promise<number> {
  const before = process.threadCpuUsage()
  await tables.show({ runId: RUN, index: rows - 1 })
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

const QUESTIONS = {
  'page, no filter': [{}, null],
  'page, failed': [{ outcomes: ['failed'] }, null],
  'page, text that few have': [{ text: 'ARTICLES/7777' }, null],
  'page, text that all have': [{ text: 'example' }, null],
  'page, text that none has': [{ text: 'nowhere' }, null],
  'page, by time': [{}, 'totalMs'],
  'page, by size, of one host and text': [{ hosts: ['www.example-7.test'], text: '9' }, 'bodyBytes'],
} as const satisfies Record<string, readonly [TaskFilter, 'totalMs' | 'bodyBytes' | null]>

/** Parts of the run that its execution path is asked for, of 64 lanes in bins as fine as a screen has pixels. */
const WINDOWS = { 'whole run': 1, 'a quarter': 0.25, 'a sixteenth': 0.0625, 'a thousandth': 0.001 } as const

interface Measured {
  readonly readMs: number
  /** CPU until every task was in its lane. */
  readonly indexMs: number
  readonly firstMs: ReadonlyMap<string, number>
  readonly streamMs: ReadonlyMap<string, number>
  /** Of the first page: what is left of it on a machine that does nothing else. */
  readonly cpuMs: ReadonlyMap<string, number>
  /** The next page of the same question. */
  readonly nextMs: ReadonlyMap<string, number>
}

/** Asks until every task is in its lane, some of them with each answer. */
async function indexLanes(
  stream: (fromMs: number, toMs: number) => Promise<TaskStream>,
): Promise<{ readonly endMs: number; readonly indexMs: number }> {
  const before = process.threadCpuUsage()
  let answer = await stream(0, 1)
  while (answer.gap === 'catching-up') answer = await stream(0, 1)
  const { user, system } = process.threadCpuUsage(before)
  return { endMs: answer.endMs, indexMs: (user + system) / 1_000 }
}

async function measure(dataDir: string, rows: number): Promise<Measured> {
  const tables = makeTables(dataDir)
  const readMs = await readAll(tables, rows)
  const firstMs = new Map<string, number>()
  const nextMs = new Map<string, number>()
  const cpuMs = new Map<string, number>()
  const streamMs = new Map<string, number>()
  const timed = async (
    into: Map<string, number>,
    name: string,
    ask: () => Promise<unknown>,
  ): Promise<void> => {
    const startMs = nowMs()
    const before = process.threadCpuUsage()
    await ask()
    const { user, system } = process.threadCpuUsage(before)
    into.set(name, nowMs() - startMs)
    if (into !== nextMs) cpuMs.set(name, (user + system) / 1_000)
  }
  for (const [name, [filter, by]] of Object.entries(QUESTIONS)) {
    const sort = by === null ? null : { by, isDescending: true }
    const question = { runId: RUN, filter, sort, limit: 100 }
    await timed(firstMs, name, () => tables.page({ ...question, offset: 0 }))
    await timed(nextMs, name, () => tables.page({ ...question, offset: 10_000 }))
  }
  await timed(firstMs, 'breakdown', () => tables.breakdown({ runId: RUN, filter: {} }))
  await timed(firstMs, 'pivot, host by status', () =>
    tables.pivot({ runId: RUN, filter: {}, rows: 'host', columns: 'status' }),
  )
  const stream = (fromMs: number, toMs: number) =>
    tables.stream({ runId: RUN, fromMs, toMs, firstLane: 0, lanes: 64, bins: 2_000, spans: 6_000 })
  const { endMs, indexMs } = await indexLanes(stream)
  for (const [name, part] of Object.entries(WINDOWS))
    await timed(streamMs, `path, ${name}`, () => stream(endMs / 3, endMs / 3 + endMs * part))
  return { readMs, indexMs, firstMs, streamMs, cpuMs, nextMs }
}

async function run({ rounds, isQuick, workDir }: BenchOptions): Promise<Report> {
  const rows = isQuick ? ROWS / 10 : ROWS
  const dataDir = mkdtempSync(join(workDir, 'table-'))
  try {
    await writeRun(dataDir, rows)
    const measured: Measured[] = []
    const contender: Contender = {
      name: 'table',
      run: async () => {
        const round = await measure(dataDir, rows)
        measured.push(round)
        return { value: round.readMs, also: {} }
      },
    }
    await runRounds([contender], Math.max(3, rounds))
    return reportOf(measured, rows)
  } finally {
    rmSync(dataDir, { recursive: true })
  }
}

function reportOf(measured: readonly Measured[], rows: number): Report {
  const of = (pick: (round: Measured) => number | undefined): number =>
    median(measured.map(round => pick(round) ?? NaN))
  const names = [...measured[0]!.firstMs.keys()]
  const firstMs = (name: string): number => of(round => round.firstMs.get(name))
  const paths = [...measured[0]!.streamMs.keys()]
  const pathMs = (name: string): number => of(round => round.streamMs.get(name))
  const indexUs = (of(round => round.indexMs) * 1_000) / rows
  const rowUs = (of(round => round.readMs) * 1_000) / rows
  return {
    rows: [...names, ...paths].map(name => ({
      name,
      'first ms': paths.includes(name) ? pathMs(name) : firstMs(name),
      'its CPU ms': of(round => round.cpuMs.get(name)),
      'next page ms': of(round => round.nextMs.get(name)),
    })),
    goals: [
      atMost('reading, CPU µs a record,', rowUs, 1),
      atMost('putting into lanes, CPU µs a record,', indexUs, 1),
      ...names.map(name => atMost(`${name}, ms,`, firstMs(name), LIMIT_MS)),
      ...paths.map(name => atMost(`${name}, ms,`, pathMs(name), STREAM_LIMIT_MS)),
    ],
    notes: [`${rows} records of ${HOSTS} hosts in ${SEGMENTS} segments, read from the page cache`],
  }
}

export const taskTable: Scenario = {
  name: 'task-table',
  title: 'tasks of a run, filtered, sorted and counted',
  run,
}
