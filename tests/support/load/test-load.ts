import type {
  AppliedRecords,
  DestinationKind,
  DestinationRequest,
  DestinationWriter,
  RecordFailure,
  WriterContext,
} from '../../../engine/destination/destination.ts'
import { makeRecordParser, type RecordParser } from '../../../engine/load/record-parser.ts'
import type { RecordView } from '../../../engine/load/record-view.ts'
import type { RecordFormat } from '../../../engine/worker/protocol.ts'
import { nowMs } from '../../../engine/worker/clock.ts'
import { makeCounters } from '../../../shared/model/counters.ts'
import type { Failure, JobError } from '../../../shared/model/error.ts'
import { loadFields, type LoadOptions } from '../../../shared/model/fields/load.ts'
import { NO_SECRETS } from '../../../shared/model/job.ts'

export const SQLITE_THREAD = new URL('../../../headless/entries/sqlite-writer.ts', import.meta.url)

export const loadOptions = (given: Partial<LoadOptions>): LoadOptions => ({
  ...(Object.fromEntries(
    Object.entries(loadFields).map(([name, field]) => [name, field.default]),
  ) as LoadOptions),
  ...given,
})

export const requestOf = (
  given: Partial<LoadOptions>,
  rest: Partial<DestinationRequest> = {},
): DestinationRequest => ({
  runId: 'a-run',
  options: loadOptions(given),
  pass: 'write',
  secrets: NO_SECRETS,
  ...rest,
})

const LINES: RecordFormat = {
  format: 'lines',
  encoding: 'utf-8',
  delimiter: null,
  header: null,
  bodyStart: 0,
  bodyLine: 1,
}

export const formatOf = (given: Partial<RecordFormat>): RecordFormat => ({ ...LINES, ...given })

/** What became of the records of one load, by task. */
export interface Fates {
  readonly refused: Map<number, string>
  readonly failed: Map<number, string>
  /** Batches that were given up. */
  cancelled: number
}

/** One worker's side of a load, without a worker: adds records to a destination's writer and waits for its answers. */
export class TestLoad {
  readonly writer: DestinationWriter
  readonly fates: Fates = { refused: new Map(), failed: new Map(), cancelled: 0 }
  readonly stalls: Failure[]
  /** Rejects when the writer says that it cannot go on. */
  readonly broken: Promise<never>
  readonly #request: DestinationRequest
  #parser: RecordParser = makeRecordParser(LINES, { trim: true, needsFields: true, invalidBytes: 'reject' })
  #lease = { first: 0, step: 1 }
  #from = 0
  #applied: AppliedRecords | null = null
  readonly #underWay = new Set<Promise<void>>()

  static async open(
    kind: DestinationKind,
    request: DestinationRequest,
    hooks: { readonly onStalled?: WriterContext['onStalled'] } = {},
  ): Promise<TestLoad> {
    const stalls: Failure[] = []
    const broken = Promise.withResolvers<never>()
    broken.promise.catch(() => undefined)
    const writer = await kind.openWriter(request, {
      segment: 1,
      sqliteThread: SQLITE_THREAD,
      nowMs,
      counters: makeCounters(),
      onStalled: (failure, sinceMs) => {
        stalls.push(failure)
        hooks.onStalled?.(failure, sinceMs)
      },
      onRewind: reason => broken.reject(new Error(`rewind: ${reason}`)),
      onFailed: (error: JobError) => broken.reject(error),
      onRoom: () => undefined,
    })
    return new TestLoad(writer, request, { stalls, broken: broken.promise })
  }

  private constructor(
    writer: DestinationWriter,
    request: DestinationRequest,
    { stalls, broken }: { stalls: Failure[]; broken: Promise<never> },
  ) {
    this.writer = writer
    this.#request = request
    this.stalls = stalls
    this.broken = broken
  }

  async openLease({
    first = 0,
    step = 1,
    living = null,
    format = LINES,
  }: {
    first?: number
    step?: number
    living?: readonly number[] | null
    format?: RecordFormat
  } = {}): Promise<AppliedRecords | null> {
    const { trim, invalidBytes } = this.#request.options
    this.#parser = makeRecordParser(format, { trim, needsFields: format.format !== 'lines', invalidBytes })
    this.#applied = await this.writer.openLease({ first, step, living, format })
    this.#lease = { first, step }
    this.#from = first
    return this.#applied
  }

  /** Adds the lease's next records, which begin at task `from`, and sends what was added; does not wait. */
  sendBatch(records: readonly (string | Buffer)[], from = this.#from): void {
    const { first, step } = this.#lease
    const tasks: number[] = []
    const begun = this.#from
    let task = from
    for (const record of records) {
      if (this.#applied?.isApplied(task) !== true) {
        const view = viewOf(this.#parser, Buffer.from(record as string), task)
        const refusal = view.refusal ?? this.writer.add(view)
        if (refusal === null) tasks.push(task)
        else this.fates.refused.set(task, `${refusal.code} ${refusal.message}`)
      }
      task += step
    }
    this.#from = task
    const done = Promise.withResolvers<void>()
    this.#underWay.add(done.promise)
    this.writer.send({
      first,
      step,
      from: begun,
      next: task - step + 1,
      tasks: Float64Array.from(tasks),
      records: tasks.length,
      settle: failures => {
        this.#note(tasks, failures)
        done.resolve()
      },
      written: () => undefined,
      cancel: () => {
        this.fates.cancelled += 1
        done.resolve()
      },
    })
  }

  /** Resolves when everything that was sent is settled or cancelled. */
  async settled(): Promise<void> {
    await Promise.race([Promise.all(this.#underWay), this.broken])
    this.#underWay.clear()
  }

  async load(records: readonly (string | Buffer)[], batch = 1_000): Promise<Fates> {
    for (let at = 0; at < records.length; at += batch) {
      this.sendBatch(records.slice(at, at + batch))
      await this.settled()
    }
    return this.fates
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.writer.close()
  }

  #note(tasks: readonly number[], failures: readonly RecordFailure[]): void {
    for (const { at, code, message } of failures) this.fates.failed.set(tasks[at]!, `${code} ${message}`)
  }
}

function viewOf(parser: RecordParser, raw: Buffer, task: number): RecordView {
  parser.parse(raw, 0, raw.length, { line: task + 1 })
  const { text, textStart, textEnd, fields, refusal, origin, source } = parser
  return {
    taskIndex: task,
    index: origin?.index ?? task,
    line: origin?.line ?? task + 1,
    byteOffset: origin?.byteOffset ?? 0,
    byteLength: origin?.byteLength ?? raw.length,
    raw: origin?.raw ?? raw,
    rawStart: 0,
    rawEnd: (origin?.raw ?? raw).length,
    text,
    textStart,
    textEnd,
    fields,
    refusal,
    source,
  }
}
