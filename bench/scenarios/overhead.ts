import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Journal } from '../../engine/journal/journal.ts'
import { runPaths } from '../../engine/journal/run-paths.ts'
import { SegmentWriter } from '../../engine/journal/segment-writer.ts'
import { SETTLED_PAGE_BYTES, type RunCommit } from '../../engine/records/protocol.ts'
import { nowMs } from '../../engine/worker/clock.ts'
import { Lane } from '../../engine/worker/lane.ts'
import { Recorder } from '../../engine/worker/recorder.ts'
import { makeCounters } from '../../shared/model/counters.ts'
import { Histogram, HISTOGRAMS } from '../../shared/model/histogram.ts'
import { JOB_SCHEMA, type JobSpec } from '../../shared/model/job.ts'
import { CRAWL_LAYOUT, positionsOf } from '../../shared/model/record-layout.ts'
import { runRounds } from '../harness/rounds.ts'
import { atMost, type BenchOptions, type Contender, type Report, type Scenario } from '../harness/scenario.ts'
import { median } from '../harness/statistics.ts'

/** What a page costs the fastest client that Interleave has, bare: the task against which shares are stated. */
const PAGE_US = 24
const RECORDS = 500_000
const RECORDS_PER_REPORT = 4_000
const COMMITS = 200
const COMMITS_PER_SEC = 10
const MICROSECONDS_PER_SEC = 1e6

const COLUMN = positionsOf(CRAWL_LAYOUT)

type AppendOnly = Pick<SegmentWriter, 'append'>
const nowhere: AppendOnly = { append: () => undefined }

/** Fills a lane as the crawl executor does for a page of 1 KiB. */
function fill(lane: Lane, index: number): void {
  lane.reset()
  lane.index = index
  lane.queuedAtMs = index
  lane.startedAtMs = index + 0.1
  lane.firstStartedAtMs = index + 0.1
  lane.firstByteMs = index + 1.1
  lane.bodyEndMs = index + 1.2
  lane.numbers[COLUMN.numbers.outcome] = 0
  lane.numbers[COLUMN.numbers.status] = 200
  lane.numbers[COLUMN.numbers.bodyBytes] = 1_024
  lane.strings[COLUMN.strings.url] = 'http://127.0.0.1:40000/page?q=123456'
  lane.strings[COLUMN.strings.contentType] = 'text/html; charset=utf-8'
}

/** Microseconds a record: what `use` does with lanes that were filled, and a report's worth drained now and then. */
async function perRecord(use: (lane: Lane) => void, drain: () => Promise<void>): Promise<number> {
  const lane = new Lane(0, CRAWL_LAYOUT, () => undefined)
  const startMs = performance.now()
  for (let first = 0; first < RECORDS; first += RECORDS_PER_REPORT) {
    for (let index = first; index < first + RECORDS_PER_REPORT; index += 1) {
      fill(lane, index)
      use(lane)
    }
    await drain()
  }
  return ((performance.now() - startMs) * 1_000) / RECORDS
}

async function measureTelemetry(): Promise<number> {
  // Everything of a record but its bytes: counters, histograms, spans, and the two clock readings.
  const recorder = new Recorder(nowhere as SegmentWriter, 0, 1)
  const use = (lane: Lane): void => {
    nowMs()
    nowMs()
    recorder.record(lane, lane.bodyEndMs, true)
  }
  return perRecord(use, async () => void recorder.take())
}

async function measureSegment(workDir: string): Promise<number> {
  const directory = join(workDir, 'segments')
  mkdirSync(directory, { recursive: true })
  const path = join(directory, '1.seg')
  const segment = await SegmentWriter.open({ path, layout: CRAWL_LAYOUT, runId: 'bench', segmentId: 1 })
  try {
    return await perRecord(
      lane => segment.append(lane.numbers, lane.strings),
      async () => void (await segment.sync()),
    )
  } finally {
    await segment[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true })
  }
}

function commitOf(number: number): RunCommit {
  const bits = new Uint8Array(SETTLED_PAGE_BYTES).fill(number)
  const histogram = new Histogram()
  for (let sample = 1; sample < 2_000; sample += 1) histogram.record(sample / 10)
  const buckets = { buckets: histogram.toSparse(), maxMs: histogram.maxMs }
  return {
    pages: [{ page: number % 10, bits }],
    segments: [{ id: 1, bytes: 1_000 * number }],
    counters: makeCounters().fill(number),
    histograms: HISTOGRAMS.map(() => buckets),
    errors: [],
    total: 1_000_000,
    elapsedMs: number,
    cpuSec: number,
    peakRssBytes: number,
    state: 'running',
    fingerprints: null,
    suspects: [],
    durability: 'normal',
  }
}

/** @returns Share of a core that ten commits a second take, in CPU time. */
function measureJournal(workDir: string): number {
  const paths = runPaths(workDir, 'overhead')
  const parallelism = {
    model: 'loop',
    processes: 1,
    threads: 1,
    inFlight: 64,
    partition: 'dynamic',
    order: 'completion',
  } as const
  const cpu = { kernel: 'primes', tasks: 1, size: null, ioRatio: 0 } as const
  const job: JobSpec = { schema: JOB_SCHEMA, kind: 'cpu', parallelism, cpu }
  const options = {
    out: [],
    outMode: 'create',
    allowFailures: { unit: 'tasks', value: 0 },
    asserts: [],
    patienceMs: 1_000,
    rejects: null,
    pass: 'write',
  } as const
  const startedAt = new Date().toISOString()
  const journal = Journal.create(paths, { runId: paths.runId, job, options, parallelism, startedAt }, nowMs)
  try {
    const commits = Array.from({ length: COMMITS }, (_, number) => commitOf(number))
    const before = process.threadCpuUsage()
    for (const commit of commits) journal.commit(commit)
    const { user, system } = process.threadCpuUsage(before)
    return ((user + system) * COMMITS_PER_SEC) / (COMMITS * MICROSECONDS_PER_SEC)
  } finally {
    journal.close()
    rmSync(paths.directory, { recursive: true })
  }
}

async function run({ rounds, workDir }: BenchOptions): Promise<Report> {
  const contender = (name: string, measure: () => Promise<number> | number): Contender => ({
    name,
    run: async () => ({ value: await measure(), also: {} }),
  })
  const results = await runRounds(
    [
      contender('lane filled', () =>
        perRecord(
          () => undefined,
          async () => undefined,
        ),
      ),
      contender('telemetry', measureTelemetry),
      contender('segment', () => measureSegment(workDir)),
      contender('journal', () => measureJournal(workDir)),
    ],
    Math.max(3, rounds),
  )
  const filled = results.values('lane filled')
  const over = (name: string): number =>
    median(results.values(name).map((value, round) => value - filled[round]!))
  const [telemetry, segment, journal] = [
    over('telemetry'),
    over('segment'),
    median(results.values('journal')),
  ]
  return {
    rows: [
      { name: 'telemetry', 'us/task': telemetry, share: telemetry / PAGE_US },
      { name: 'record in the segment', 'us/task': segment, share: segment / PAGE_US },
      { name: 'journal, 10 commits/s', 'us/task': NaN, share: journal },
    ],
    goals: [
      atMost('telemetry, share of a page', telemetry / PAGE_US, 0.03),
      atMost('journal, share of a core', journal, 0.03),
    ],
    notes: [
      `shares of a page are of ${PAGE_US} us, what undici's dispatch takes for 1 KiB on loopback`,
      'the parts are measured alone; bench/README.md says how to measure them inside a run',
    ],
  }
}

export const overhead: Scenario = {
  name: 'overhead',
  title: 'what telemetry, records and the journal cost',
  run,
}
