import type { JobError } from '../../shared/model/error.ts'
import type { JobSpec, RunOptions } from '../../shared/model/job.ts'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import type { OutputState } from '../journal/journal-codec.ts'
import { recordColumns } from '../sink/record-columns.ts'
import { START, type OpenedSink, type RecordSink } from '../sink/record-sink.ts'
import { sinkFor } from '../sink/registry.ts'
import { CompletionFeed, type RecordFeed } from './record-feed.ts'
import { InputOrderFeed } from './input-order-feed.ts'
import type { SegmentPool } from './segment-pool.ts'

/** Written to the system as soon as this much is buffered. */
const FLUSH_BYTES = 524_288

export interface OutputRequest {
  readonly path: string
  readonly mode: RunOptions['outMode']
  readonly runId: string
  readonly job: JobSpec
  readonly order: Parallelism['order']
  readonly resume: OutputState | null
  /** The output's own: readers are not shared between outputs. */
  readonly pool: SegmentPool
}

/** One destination of a run's records: feeds its sink from the segments and knows how far it has come. */
export class Output {
  readonly pool: SegmentPool
  readonly #sink: RecordSink
  readonly #feed: RecordFeed
  #state: OutputState
  #hasUnsynced = false
  /** Why the output does not go on. */
  failure: JobError | null = null

  private constructor(pool: SegmentPool, { sink, state }: OpenedSink, feed: RecordFeed) {
    this.pool = pool
    this.#sink = sink
    this.#feed = feed
    this.#state = state
  }

  /** @throws JobError as the sink's `open` does. */
  static async open(request: OutputRequest): Promise<Output> {
    const { path, mode, runId, job, order, pool } = request
    const opened = await sinkFor(path).open({
      path,
      mode,
      columns: recordColumns(job),
      runId,
      resume: resumable(request),
    })
    const Feed = order === 'input' ? InputOrderFeed : CompletionFeed
    const feed = new Feed(pool, opened.state.position, row => opened.sink.add(row))
    return new Output(pool, opened, feed)
  }

  /** What was synced last. */
  get state(): OutputState {
    return this.#state
  }

  get records(): number {
    return this.#feed.records
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

  async close(): Promise<void> {
    this.pool[Symbol.dispose]()
    await this.#sink.close()
  }
}

/** A file that was written in order of completion cannot be continued in order of the input: it is written again. */
function resumable({ resume, order }: OutputRequest): OutputState | null {
  if (resume === null || order !== 'input') return resume
  const { nextIndex, segments } = resume.position
  if (nextIndex !== null || segments.length === 0) return resume
  return { ...resume, bytes: resume.baseBytes, position: START }
}
