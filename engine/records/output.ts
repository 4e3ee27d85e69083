import type { JobError } from '../../shared/model/error.ts'
import type { OutputState } from '../journal/journal-codec.ts'
import type { RowView } from '../journal/row-view.ts'
import { START, type OpenedSink, type RecordSink } from '../sink/record-sink.ts'
import { CompletionFeed, type RecordFeed } from './record-feed.ts'
import { InputOrderFeed } from './input-order-feed.ts'
import type { OutputPlan } from './output-plan.ts'
import type { SegmentPool } from './segment-pool.ts'

/** Written to the system as soon as this much is buffered. */
const FLUSH_BYTES = 524_288

export interface OutputRequest {
  readonly plan: OutputPlan
  readonly runId: string
  readonly resume: OutputState | null
  /** The output's own: readers are not shared between outputs. */
  readonly pool: SegmentPool
}

/** One destination of a run's records: feeds its sink from the segments and knows how far it has come. */
export class Output {
  readonly pool: SegmentPool
  readonly #sink: RecordSink
  readonly #feed: RecordFeed
  readonly #takes: OutputPlan['takes']
  #state: OutputState
  #hasUnsynced = false
  #records = 0
  /** Why the output does not go on. */
  failure: JobError | null = null

  private constructor({ plan, pool }: OutputRequest, { sink, state }: OpenedSink) {
    const Feed = plan.order === 'input' ? InputOrderFeed : CompletionFeed
    this.pool = pool
    this.#sink = sink
    this.#takes = plan.takes
    this.#feed = new Feed(pool, state.position, row => this.#take(row))
    this.#state = state
  }

  /** @throws JobError as the sink's `open` does. */
  static async open(request: OutputRequest): Promise<Output> {
    const { path, mode, columns, sink } = request.plan
    const resume = resumable(request)
    return new Output(request, await sink.open({ path, mode, columns, runId: request.runId, resume }))
  }

  /** What was synced last. */
  get state(): OutputState {
    return this.#state
  }

  /** Records handed to the sink since it was opened. */
  get records(): number {
    return this.#records
  }

  get hasUnsynced(): boolean {
    return this.#hasUnsynced
  }

  /** @returns False when nothing is left to read. */
  async step(): Promise<boolean> {
    if (this.#sink.wantsSync) await this.sync()
    else if (this.#sink.bufferedBytes >= FLUSH_BYTES) await this.#sink.flush()
    const hasRead = this.#feed.step()
    this.#hasUnsynced ||= hasRead
    return hasRead
  }

  async sync(): Promise<void> {
    // Taken before the sync: what is read meanwhile is not part of it.
    const { position } = this.#feed
    const bytes = await this.#sink.sync(position)
    this.#state = { ...this.#state, bytes, position }
    this.#hasUnsynced = false
  }

  /** Hands over records that still wait for their turn: the run is done and their predecessors will never come. */
  flushHeld(): void {
    this.#feed.flushHeld()
    this.#hasUnsynced = true
  }

  /** Leaves only what people read. */
  async finish(): Promise<void> {
    await this.#sink.finish()
  }

  #take(row: RowView): void {
    if (this.#takes?.(row) === false) return
    this.#records += 1
    this.#sink.add(row)
  }

  async close(): Promise<void> {
    this.pool[Symbol.dispose]()
    await this.#sink.close()
  }
}

/** A file that was written in order of completion cannot be continued in order of the input: it is written again. */
function resumable({ resume, plan }: OutputRequest): OutputState | null {
  if (resume === null || plan.order !== 'input') return resume
  const { nextIndex, segments } = resume.position
  if (nextIndex !== null || segments.length === 0) return resume
  return { ...resume, bytes: resume.baseBytes, position: START }
}
