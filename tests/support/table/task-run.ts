import { onTestFinished } from 'vitest'
import { Journal } from '../../../engine/journal/journal.ts'
import { runPaths, segmentPath, type RunPaths } from '../../../engine/journal/run-paths.ts'
import { SegmentWriter } from '../../../engine/journal/segment-writer.ts'
import { SettledBitmap } from '../../../engine/journal/settled-bitmap.ts'
import type { CreateRun } from '../../../engine/records/protocol.ts'
import { TABLE_LIMITS } from '../../../engine/table/row-intake.ts'
import { TableService, type TableServicePorts } from '../../../engine/table/table-service.ts'
import { errorNumber, type ErrorCode } from '../../../shared/model/error.ts'
import { OUTCOME, type Outcome } from '../../../shared/model/outcome.ts'
import { CRAWL_LAYOUT, positionsOf, type RecordLayout } from '../../../shared/model/record-layout.ts'
import { commitOf, createRun } from '../records/run.ts'
import { temporaryDirectory } from '../records/temporary.ts'

/** What a worker records of one task of a crawl. */
export interface TaskRecord {
  readonly index: number
  readonly url?: string | null
  readonly outcome?: Outcome
  readonly code?: ErrorCode
  readonly message?: string
  readonly status?: number
  readonly attempts?: number
  readonly worker?: number
  readonly startedAtMs?: number
  readonly totalMs?: number
  readonly bodyBytes?: number
  readonly title?: string
  readonly lane?: number
  readonly waitMs?: number
  readonly connectMs?: number
  readonly ttfbMs?: number
  readonly downloadMs?: number
}

const { numbers: NUMBER, strings: STRING } = positionsOf(CRAWL_LAYOUT)

export function crawlRow(record: TaskRecord): { numbers: Float64Array; strings: (string | null)[] } {
  const { index, outcome = 'ok', code = 'E_NONE', url = `http://host.test/page/${index}` } = record
  const values = {
    index,
    startedAtMs: record.startedAtMs ?? index,
    totalMs: record.totalMs ?? 1.5,
    outcome: OUTCOME[outcome],
    error: errorNumber(code),
    retryable: 0,
    attempts: record.attempts ?? 1,
    worker: record.worker ?? 0,
    lane: record.lane ?? 3,
    waitMs: record.waitMs ?? NaN,
    connectMs: record.connectMs ?? NaN,
    ttfbMs: record.ttfbMs ?? NaN,
    downloadMs: record.downloadMs ?? NaN,
    status: record.status ?? (outcome === 'ok' ? 200 : 0),
    links: -1,
    bodyBytes: record.bodyBytes ?? (outcome === 'ok' ? 1_024 : NaN),
  }
  const numbers = new Float64Array(CRAWL_LAYOUT.numbers.length).fill(NaN)
  for (const [name, value] of Object.entries(values)) numbers[NUMBER[name as keyof typeof values]] = value
  const strings = CRAWL_LAYOUT.strings.map((): string | null => null)
  strings[STRING.url] = url
  strings[STRING.title] = record.title ?? null
  strings[STRING.errorMessage] = record.message ?? null
  return { numbers, strings }
}

/** A run whose owner is this test: tasks are recorded and committed as it says. */
export class TaskRun {
  readonly dataDir: string
  readonly paths: RunPaths
  readonly journal: Journal
  readonly #layout: RecordLayout
  readonly #settled = new SettledBitmap()
  readonly #writers = new Map<number, SegmentWriter>()

  private constructor(dataDir: string, paths: RunPaths, journal: Journal, layout: RecordLayout) {
    this.dataDir = dataDir
    this.paths = paths
    this.journal = journal
    this.#layout = layout
  }

  static create(
    changes: Partial<CreateRun> = {},
    layout: RecordLayout = CRAWL_LAYOUT,
    dataDir = temporaryDirectory(),
  ): TaskRun {
    const request = createRun(changes)
    const paths = runPaths(dataDir, request.runId)
    const journal = Journal.create(paths, request, () => 0)
    onTestFinished(() => journal.close())
    return new TaskRun(dataDir, paths, journal, layout)
  }

  /** Records and commits tasks of a crawl. */
  settle(records: readonly TaskRecord[], segment = 1): Promise<void> {
    return this.commit(records.map(crawlRow), segment)
  }

  async commit(
    rows: readonly { readonly numbers: Float64Array; readonly strings: readonly (string | null)[] }[],
    segment = 1,
  ): Promise<void> {
    const writer = await this.#writerOf(segment)
    for (const { numbers, strings } of rows) {
      writer.append(numbers, strings)
      this.#settled.set(numbers[0]!)
    }
    const bytes = await writer.sync()
    this.journal.commit(commitOf(this.#settled, [{ id: segment, bytes }]))
  }

  /** Records tasks that are never committed. */
  async leave(records: readonly TaskRecord[], segment = 1): Promise<void> {
    const writer = await this.#writerOf(segment)
    for (const { numbers, strings } of records.map(crawlRow)) writer.append(numbers, strings)
    await writer.sync()
  }

  async #writerOf(segment: number): Promise<SegmentWriter> {
    const known = this.#writers.get(segment)
    if (known !== undefined) return known
    const { runId } = this.paths
    const path = segmentPath(this.paths, segment)
    const writer = await SegmentWriter.open({ path, layout: this.#layout, runId, segmentId: segment })
    this.#writers.set(segment, writer)
    onTestFinished(() => writer.close())
    return writer
  }
}

/** A table worker without its thread, whose clock the test holds. */
export class TestTables {
  nowMs = 0
  readonly service: TableService

  constructor(dataDir: string, limits: Partial<TableServicePorts['limits']> = {}) {
    this.service = new TableService({
      dataDir,
      nowMs: () => this.nowMs,
      limits: { ...TABLE_LIMITS, ...limits },
    })
  }

  /** A second passes, after which the run is looked at again. */
  tick(): void {
    this.nowMs += 1_000
  }
}
