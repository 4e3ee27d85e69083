import type { ErrorCode, Failure } from './error.ts'
import type { Outcome } from './outcome.ts'

/** Which tasks are asked for; every member that is given narrows the choice, an empty list chooses nothing. */
export interface TaskFilter {
  readonly outcomes?: readonly Outcome[] | undefined
  readonly codes?: readonly ErrorCode[] | undefined
  /** Final HTTP statuses, 0 for tasks without one. */
  readonly statuses?: readonly number[] | undefined
  /** `host` or `host:port` as the URL has it; at most 100. */
  readonly hosts?: readonly string[] | undefined
  readonly workers?: readonly number[] | undefined
  /** Part of the input (URL or record) or of the error's message, upper and lower case alike. */
  readonly text?: string | undefined
  /** Total time of the task, ends included. */
  readonly minTotalMs?: number | undefined
  readonly maxTotalMs?: number | undefined
}

export const TASK_SORTS = [
  'index',
  'startedAtMs',
  'totalMs',
  'status',
  'bodyBytes',
  'attempts',
  'worker',
] as const
export type TaskSort = (typeof TASK_SORTS)[number]

/** Most rows of one page. */
export const TASKS_PER_PAGE = 500

/** One settled task as its run recorded it. `null` where its kind of job has no such thing. */
export interface TaskRow {
  readonly index: number
  readonly outcome: Outcome
  /** The URL or the record's text, cut at 2,000 characters; `null` for cpu tasks. */
  readonly input: string | null
  readonly host: string | null
  readonly status: number | null
  readonly error: Failure | null
  readonly attempts: number
  readonly bodyBytes: number | null
  readonly startedAtMs: number
  readonly totalMs: number
  readonly worker: number
  readonly lane: number
}

export interface TaskPage {
  /** Tasks in the table, and those of them that the filter chooses. */
  readonly total: number
  readonly matched: number
  /**
   * Why the table does not hold every settled task; `null` when it does. `ok-not-recorded`: a load records only what
   * was rejected. `too-many`: more than the table holds. `catching-up`: it is still being read.
   */
  readonly gap: 'ok-not-recorded' | 'too-many' | 'catching-up' | null
  readonly rows: readonly TaskRow[]
}

/** Everything recorded of one task: its row and, by name, whatever else its kind of job records (times, title, …). */
export interface TaskDetail extends TaskRow {
  readonly more: Readonly<Record<string, string | number | null>>
}

export interface ErrorCause {
  readonly code: ErrorCode
  readonly count: number
  /** When the first and the last of them began, in milliseconds since the run began. */
  readonly firstMs: number
  readonly lastMs: number
  /** At most 5, the first ones. */
  readonly samples: readonly {
    readonly index: number
    readonly input: string | null
    readonly message: string
  }[]
}

export interface HostFigures {
  readonly host: string
  readonly tasks: number
  readonly failed: number
  readonly bodyBytes: number
  /** `null` before the first. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

/** What settled tasks amount to, from their records: exact for everything that the table holds. */
export interface Breakdown {
  readonly gap: TaskPage['gap']
  readonly tasks: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** By count, most first. */
  readonly errors: readonly ErrorCause[]
  readonly statuses: readonly { readonly status: number; readonly count: number }[]
  /** At most 100, those with the most tasks. */
  readonly hosts: readonly HostFigures[]
  readonly hostsOmitted: number
}

/** What the two sides of a cross table may be. */
export const DIMENSIONS = ['outcome', 'code', 'status', 'host', 'worker', 'attempts'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Counts of tasks by two dimensions; names in the order of their sums, at most 100 rows and 30 columns. */
export interface Pivot {
  readonly gap: TaskPage['gap']
  readonly rowNames: readonly string[]
  readonly columnNames: readonly string[]
  /** Row by row. */
  readonly counts: readonly number[]
  readonly rowsOmitted: number
  readonly columnsOmitted: number
}
