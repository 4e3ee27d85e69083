import { JobError } from '../../shared/model/error.ts'
import type { RunOptions } from '../../shared/model/job.ts'
import type { OutputPosition, OutputState } from '../journal/journal-codec.ts'
import type { RowView } from '../journal/row-view.ts'
import type { RecordColumn } from './record-columns.ts'

/**
 * A file of results being written, one record at a time.
 *
 * {@link add} only remembers; {@link flush} and {@link sync} write. When one of them fails, nothing that was added is
 * lost and the same call may be tried again. The caller awaits each call before the next.
 */
export interface RecordSink {
  /** Takes the row that `row` has selected. */
  add(row: RowView): void
  /** Bytes, roughly, that were added and not written yet. */
  readonly bufferedBytes: number
  /** True when so much was added that only a {@link sync} may follow. */
  readonly wantsSync: boolean
  /** Hands what was added to the system. */
  flush(): Promise<void>
  /**
   * Makes everything added durable, as far as the destination can.
   *
   * @param position Which records were added; a sink that can keeps it together with them.
   * @returns The destination's length in bytes; 0 when it has none.
   */
  sync(position: OutputPosition): Promise<number>
  /** The run is over and everything synced: only what people read remains. */
  finish(): Promise<void>
  close(): Promise<void>
}

export interface SinkRequest {
  /** Absolute, or `-`. */
  readonly path: string
  readonly mode: RunOptions['outMode']
  readonly columns: readonly RecordColumn[]
  readonly runId: string
  /** How far this run has written the file before; `null` at the first time. */
  readonly resume: OutputState | null
}

export interface OpenedSink {
  readonly sink: RecordSink
  /** Where the sink stands: what to keep, and where to go on reading. */
  readonly state: OutputState
}

/** One format of results: extension point of the engine. */
export interface RecordSinkKind {
  /** Of the file's name, such as `.jsonl`. */
  readonly ending: string
  /** @throws JobError `E_CONFIG` when the file may not be written, `E_SRC_IO` or `E_DISK_FULL`. */
  open(request: SinkRequest): Promise<OpenedSink>
}

export const defineRecordSink = (kind: RecordSinkKind): RecordSinkKind => kind

export const START: OutputPosition = { segments: [], nextIndex: null }

export const fileExists = (path: string): JobError =>
  new JobError('E_CONFIG', `${path} exists; use --force to replace it or --append to add to it`)
