import { SegmentWriter } from '../../../engine/journal/segment-writer.ts'
import { SettledBitmap } from '../../../engine/journal/settled-bitmap.ts'
import { segmentName, type RunCommit } from '../../../engine/records/protocol.ts'
import { COUNTER } from '../../../shared/model/counters.ts'
import { errorNumber, type ErrorCode } from '../../../shared/model/error.ts'
import type { LoadOptions } from '../../../shared/model/fields/load.ts'
import { parseJob } from '../../../shared/model/job-schema.ts'
import { JOB_SCHEMA, type LoadJob } from '../../../shared/model/job.ts'
import { OUTCOME, type Outcome } from '../../../shared/model/outcome.ts'
import { LOAD_LAYOUT, positionsOf } from '../../../shared/model/record-layout.ts'
import { commitOf } from './run.ts'

export function loadJob(
  changes: Partial<LoadOptions> = {},
  inputs: readonly string[] = ['/data.txt'],
): LoadJob {
  const job = parseJob({ schema: JOB_SCHEMA, kind: 'load', inputs, load: { to: 'null:', ...changes } })
  if (job.kind !== 'load') throw new Error('a load is a load')
  return job
}

/** What a worker writes of one record of a load. */
export interface LoadRecord {
  readonly index: number
  readonly outcome?: Outcome
  readonly code?: ErrorCode
  readonly message?: string | null
  readonly recordIndex?: number
  readonly line?: number
  readonly byteOffset?: number
  readonly byteLength?: number
  readonly raw?: string | null
  readonly source?: string | null
  readonly output?: string | null
}

const columns = positionsOf(LOAD_LAYOUT)

export function loadRow(record: LoadRecord): { numbers: Float64Array; strings: (string | null)[] } {
  const { index, outcome = 'failed', code = outcome === 'ok' ? 'E_NONE' : 'E_ENCODING' } = record
  const numbers = new Float64Array(LOAD_LAYOUT.numbers.length)
  const values = {
    index,
    outcome: OUTCOME[outcome],
    error: errorNumber(code),
    recordIndex: record.recordIndex ?? index,
    line: record.line ?? index + 1,
    byteOffset: record.byteOffset ?? index * 10,
    byteLength: record.byteLength ?? 9,
  }
  for (const [name, value] of Object.entries(values))
    numbers[columns.numbers[name as keyof typeof values]] = value
  const strings: (string | null)[] = [null, null, null, null]
  strings[columns.strings.errorMessage] = record.message ?? null
  strings[columns.strings.raw] = record.raw ?? null
  strings[columns.strings.source] = record.source ?? null
  strings[columns.strings.output] = record.output ?? null
  return { numbers, strings }
}

/** Settles records of a load as one worker would, and says what to commit. */
export class LoadWorker implements AsyncDisposable {
  readonly segmentId: number
  readonly settled: SettledBitmap
  readonly #writer: SegmentWriter
  readonly #counts: Record<Outcome, number>
  readonly #errors = new Map<ErrorCode, number>()

  private constructor(segmentId: number, writer: SegmentWriter, before: Before) {
    this.segmentId = segmentId
    this.settled = before.settled
    this.#counts = { ...before.counts }
    this.#writer = writer
  }

  static async start(directory: string, segmentId: number, before: Before = NOTHING()): Promise<LoadWorker> {
    const path = `${directory}/${segmentName(segmentId)}`
    const writer = await SegmentWriter.open({ path, layout: LOAD_LAYOUT, runId: 'run-1', segmentId })
    return new LoadWorker(segmentId, writer, before)
  }

  /** Tasks `[first, end)` ended ok but for the records given. */
  async settle(
    [first, end]: readonly [number, number],
    records: readonly LoadRecord[] = [],
    changes: Partial<RunCommit> = {},
  ): Promise<RunCommit> {
    this.settled.setRange(first, end)
    this.#counts.ok += end - first
    for (const record of records) {
      const { numbers, strings } = loadRow(record)
      this.#writer.append(numbers, strings)
      const { outcome = 'failed', code = 'E_ENCODING' } = record
      if (outcome === 'ok') continue
      this.#counts.ok -= 1
      this.#counts[outcome] += 1
      this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1)
    }
    const bytes = await this.#writer.sync()
    const commit = commitOf(this.settled, [{ id: this.segmentId, bytes }], changes)
    for (const [outcome, count] of Object.entries(this.#counts))
      commit.counters[COUNTER[outcome as Outcome]] = count
    const errors = [...this.#errors].map(([code, count]) => ({ code, count, sample: 'a sample' }))
    return { ...commit, errors }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close()
  }
}

interface Before {
  readonly settled: SettledBitmap
  readonly counts: Readonly<Record<Outcome, number>>
}

const NOTHING = (): Before => ({
  settled: new SettledBitmap(),
  counts: { ok: 0, failed: 0, skipped: 0, quarantined: 0 },
})
