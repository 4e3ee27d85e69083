import { COUNTER, makeCounters } from '../../../shared/model/counters.ts'
import { cpuFields, type CpuOptions } from '../../../shared/model/fields/cpu.ts'
import { crawlFields, type CrawlOptions } from '../../../shared/model/fields/crawl.ts'
import {
  parallelismFields,
  type Parallelism,
  type ParallelismOptions,
} from '../../../shared/model/fields/parallelism.ts'
import { HISTOGRAMS, Histogram } from '../../../shared/model/histogram.ts'
import type { CpuJob, CrawlJob, RunOptions } from '../../../shared/model/job.ts'
import { OUTCOME } from '../../../shared/model/outcome.ts'
import { CRAWL_LAYOUT, positionsOf } from '../../../shared/model/record-layout.ts'
import { SegmentWriter } from '../../../engine/journal/segment-writer.ts'
import { SettledBitmap } from '../../../engine/journal/settled-bitmap.ts'
import { segmentName, type CreateRun, type RunCommit } from '../../../engine/records/protocol.ts'

const defaultsOf = (fields: Readonly<Record<string, { readonly default: unknown }>>): unknown =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]))

export const crawlJob = (changes: Partial<CrawlOptions> = {}): CrawlJob => ({
  schema: 'interleave/job@1',
  kind: 'crawl',
  inputs: ['/lists/pages.txt'],
  crawl: { ...(defaultsOf(crawlFields) as CrawlOptions), ...changes },
  parallelism: defaultsOf(parallelismFields) as ParallelismOptions,
})

export const cpuJob = (): CpuJob => ({
  schema: 'interleave/job@1',
  kind: 'cpu',
  cpu: defaultsOf(cpuFields) as CpuOptions,
  parallelism: defaultsOf(parallelismFields) as ParallelismOptions,
})

export const parallelism = (order: Parallelism['order'] = 'completion'): Parallelism => ({
  model: 'loop',
  processes: 1,
  threads: 1,
  inFlight: 64,
  partition: 'dynamic',
  order,
})

export const runOptions = (changes: Partial<RunOptions> = {}): RunOptions => ({
  out: [],
  outMode: 'create',
  allowFailures: { unit: 'tasks', value: 0 },
  asserts: [],
  patienceMs: 60_000,
  rejects: null,
  pass: 'write',
  ...changes,
})

export const createRun = (changes: Partial<CreateRun> = {}): CreateRun => ({
  runId: 'run-1',
  job: crawlJob(),
  options: runOptions(),
  parallelism: parallelism(),
  startedAt: '2026-11-22T12:00:00.000Z',
  ...changes,
})

const columns = positionsOf(CRAWL_LAYOUT)

/** The numbers and strings of a fetched page with this index. */
export function crawlRecord(index: number): { numbers: Float64Array; strings: (string | null)[] } {
  const numbers = new Float64Array(CRAWL_LAYOUT.numbers.length).fill(NaN)
  const values = {
    ...{ index, startedAtMs: 12.3, totalMs: 1.6, outcome: OUTCOME.ok, error: 0, retryable: 0, reserved: 0 },
    ...{ attempts: 1, worker: 1, lane: 5, status: 200, redirects: 0, links: -1, waitMs: 0.4, connectMs: 0.1 },
    ...{ ttfbMs: 1.2, downloadMs: 0.2, bodyBytes: 1024, wireBytes: 700 },
  }
  for (const [name, value] of Object.entries(values))
    numbers[columns.numbers[name as keyof typeof values]] = value
  const strings = CRAWL_LAYOUT.strings.map((): string | null => null)
  strings[columns.strings.url] = `http://127.0.0.1/page/${index}`
  strings[columns.strings.contentType] = 'text/html'
  return { numbers, strings }
}

/** Settles tasks as one worker would, and says what to commit. */
export class FakeWorker implements AsyncDisposable {
  readonly segmentId: number
  readonly settled: SettledBitmap
  readonly #writer: SegmentWriter

  private constructor(segmentId: number, writer: SegmentWriter, settled: SettledBitmap) {
    this.segmentId = segmentId
    this.#writer = writer
    this.settled = settled
  }

  static async start(
    directory: string,
    segmentId: number,
    settled = new SettledBitmap(),
  ): Promise<FakeWorker> {
    const path = `${directory}/${segmentName(segmentId)}`
    const writer = await SegmentWriter.open({ path, layout: CRAWL_LAYOUT, runId: 'run-1', segmentId })
    return new FakeWorker(segmentId, writer, settled)
  }

  /** Writes a record for each index and syncs them. */
  async settle(indexes: Iterable<number>): Promise<RunCommit> {
    for (const index of indexes) {
      const { numbers, strings } = crawlRecord(index)
      this.#writer.append(numbers, strings)
      this.settled.set(index)
    }
    const bytes = await this.#writer.sync()
    return commitOf(this.settled, [{ id: this.segmentId, bytes }])
  }

  /** Writes records that are never committed. */
  async settleUncommitted(indexes: Iterable<number>): Promise<void> {
    for (const index of indexes) {
      const { numbers, strings } = crawlRecord(index)
      this.#writer.append(numbers, strings)
    }
    await this.#writer.sync()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close()
  }
}

export function commitOf(
  settled: SettledBitmap,
  segments: RunCommit['segments'],
  changes: Partial<RunCommit> = {},
): RunCommit {
  const counters = makeCounters()
  counters[COUNTER.ok] = settled.count
  const latency = new Histogram()
  latency.record(1.6)
  return {
    pages: settled.drainDirtyPages(),
    segments,
    counters,
    histograms: HISTOGRAMS.map(() => ({ buckets: latency.toSparse(), maxMs: latency.maxMs })),
    errors: [],
    total: null,
    elapsedMs: 1_000,
    cpuSec: 0.5,
    peakRssBytes: 1_000_000,
    state: 'running',
    fingerprints: null,
    suspects: [],
    durability: 'normal',
    ...changes,
  }
}

export const range = (first: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at)
