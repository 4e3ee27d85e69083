import type { RunEntry, RunEvent } from '../model/run.ts'

/** What commands answer and streams push, where it is nobody else's model. */

/** The run that a command started, went on with or removed. */
export interface RunRef {
  readonly runId: string
}

/** Spans of a run since a position, oldest first. */
export interface SpansAnswer {
  /** Give it as `from` to go on. */
  readonly next: number
  /** Spans after `from` that are no longer kept. */
  readonly dropped: number
  /** `VIEW_SPAN_WIDTH` numbers a span, at most `SPANS_PER_ANSWER` spans. */
  readonly spans: Float64Array
}

/** Entries that are new or changed since the push before, and ids that are gone. */
export interface RunsChange {
  readonly entries: readonly RunEntry[]
  readonly gone: readonly string[]
}

export interface ExportRef {
  readonly exportId: string
  /** A name to save it under. */
  readonly name: string
  readonly bytes: number
  readonly records: number
}

/** What a view may do: everything, or look. */
export type Access = 'control' | 'read'

/** Something a window is to do: show as inputs what the person opened with the app. */
export interface DesktopWish {
  readonly type: 'open'
  readonly inputs: readonly string[]
}

/** A view that is signed in. */
export interface SessionEntry {
  readonly sessionId: string
  readonly access: Access
  readonly since: string
  readonly isOwn: boolean
  /** What the view's program calls itself. */
  readonly agent: string
}

/** One event of a run, and where the stream goes on after it. */
export interface RunPush {
  readonly cursor: number
  /** Milliseconds since the run began, running times of earlier sessions included. */
  readonly elapsedMs: number
  readonly event: RunEvent
}
