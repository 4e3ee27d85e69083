import type {
  AppliedRecords,
  DestinationKind,
  DestinationRequest,
  DestinationWriter,
  SentBatch,
  WriterContext,
} from '../../../engine/destination/destination.ts'
import type { RecordView } from '../../../engine/load/record-view.ts'
import { nowMs } from '../../../engine/worker/clock.ts'
import { COUNTERS } from '../../../shared/model/counters.ts'
import { LINES, makeRecord } from '../engine/load-records.ts'
import { SQLITE_THREAD } from './test-load.ts'

export interface EndedBatch {
  readonly from: number
  readonly next: number
  readonly ending: 'settled' | 'cancelled'
  /** Codes of the failures, by task. */
  readonly failures: Readonly<Record<number, string>>
}

/** Hands records to a destination's writer, as a worker does, and keeps what became of them. */
export class RecordLoader implements AsyncDisposable {
  /** Batches in the order in which they ended. */
  readonly ended: EndedBatch[] = []
  /** Lines of a destination that follows the segments, of records that are written. */
  readonly outputs: string[] = []
  /** What `add` refused, by task. */
  readonly refused: Record<number, string> = {}
  readonly writer: DestinationWriter
  #lease = { first: 0, step: 1 }
  #applied: AppliedRecords | null = null
  #from = 0
  #task = 0
  #underWay: Promise<void>[] = []

  /** @param segment Number of the worker that this loader stands for. */
  static async open(kind: DestinationKind, request: DestinationRequest, segment = 1): Promise<RecordLoader> {
    const broken = (problem: unknown): void => {
      throw problem instanceof Error ? problem : new Error(String(problem))
    }
    const context: WriterContext = {
      segment,
      sqliteThread: SQLITE_THREAD,
      nowMs,
      counters: new Float64Array(COUNTERS.length),
      onStalled: failure => broken(failure.message),
      onRewind: broken,
      onFailed: broken,
      onRoom: () => undefined,
    }
    return new RecordLoader(await kind.openWriter(request, context))
  }

  private constructor(writer: DestinationWriter) {
    this.writer = writer
  }

  async openLease(
    first: number,
    { step = 1, living = null }: { readonly step?: number; readonly living?: readonly number[] | null } = {},
  ): Promise<AppliedRecords | null> {
    this.#applied = await this.writer.openLease({ first, step, living, format: LINES })
    this.#lease = { first, step }
    this.#from = first
    this.#task = first
    return this.#applied
  }

  /** Sends the lease's next records as one batch, but for those that are applied; waits for nothing. */
  send(texts: readonly string[], given: Partial<RecordView> = {}): void {
    const { first, step } = this.#lease
    const from = this.#from
    const tasks: number[] = []
    const outputs: string[] = []
    for (const text of texts) {
      const task = this.#task
      if (this.#applied?.isApplied(task) !== true)
        this.#add(makeRecord(text, { taskIndex: task, ...given }), tasks, outputs)
      this.#from = task + 1
      this.#task += step
    }
    this.#push({ first, step, from, next: this.#from }, tasks, outputs)
  }

  /** Resolves when everything that was sent has ended. */
  async done(): Promise<void> {
    await Promise.all(this.#underWay.splice(0))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.writer.close()
  }

  #add(record: RecordView, tasks: number[], outputs: string[]): void {
    const refusal = this.writer.add(record)
    if (refusal !== null) {
      this.refused[record.taskIndex] = refusal.code
      return
    }
    tasks.push(record.taskIndex)
    const output = this.writer.takeOutput?.()
    if (output !== undefined) outputs.push(output)
  }

  #push(
    place: Pick<SentBatch, 'first' | 'step' | 'from' | 'next'>,
    tasks: number[],
    outputs: string[],
  ): void {
    const done = Promise.withResolvers<void>()
    this.#underWay.push(done.promise)
    const { from, next } = place
    const end = (ending: EndedBatch['ending'], failures: EndedBatch['failures']): void => {
      this.ended.push({ from, next, ending, failures })
      done.resolve()
    }
    this.writer.send({
      ...place,
      tasks: Float64Array.from(tasks),
      records: tasks.length,
      settle: failures => {
        const failed = new Set(failures.map(({ at }) => at))
        this.outputs.push(...outputs.filter((_, at) => !failed.has(at)))
        end('settled', Object.fromEntries(failures.map(({ at, code }) => [tasks[at]!, code])))
      },
      written: () => undefined,
      cancel: () => end('cancelled', {}),
    })
  }
}
