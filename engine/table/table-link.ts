import type { JobSpec, RunOptions } from '../../shared/model/job.ts'
import type { StreamQuestion, TaskStream } from '../../shared/model/task-stream.ts'
import type {
  Breakdown,
  Dimension,
  Pivot,
  TaskDetail,
  TaskFilter,
  TaskPage,
  TaskSort,
} from '../../shared/model/task-table.ts'

/** A run whose records are asked for: an id, an unambiguous beginning of one, or `latest`. */
export interface TableQuestion {
  readonly runId: string
  readonly filter: TaskFilter
}

/** What is known of a run without its records. */
export interface DescribedRun {
  /** In full. */
  readonly runId: string
  readonly job: JobSpec
  readonly options: RunOptions
}

/** What a table worker answers from the segments of runs, whoever owns them; reading never disturbs an owner. */
export interface Tables {
  describe(question: { readonly runId: string }): Promise<DescribedRun>
  page(
    question: TableQuestion & {
      readonly sort: { readonly by: TaskSort; readonly isDescending: boolean } | null
      readonly offset: number
      readonly limit: number
    },
  ): Promise<TaskPage>
  show(question: { readonly runId: string; readonly index: number }): Promise<TaskDetail>
  breakdown(question: TableQuestion): Promise<Breakdown>
  pivot(question: TableQuestion & { readonly rows: Dimension; readonly columns: Dimension }): Promise<Pivot>
  stream(question: StreamQuestion & { readonly runId: string }): Promise<TaskStream>
  /**
   * Writes what the chosen tasks were given so that another run can read it: the URLs of a crawl as JSON Lines, the
   * rejected records of a load as rejects.
   */
  writeInputs(question: TableQuestion & { readonly path: string }): Promise<{ readonly tasks: number }>
  /** Writes the chosen records as `--out` would; all of them where the filter is `null`. */
  writeRecords(question: {
    readonly runId: string
    readonly filter: TaskFilter | null
    /** Only tasks that were under way in it, in milliseconds since the run began. */
    readonly window?: { readonly fromMs: number; readonly toMs: number } | undefined
    readonly path: string
    readonly isSpreadsheetSafe: boolean
  }): Promise<{ readonly records: number }>
}

/** One table worker; it lets go of tables that nobody asked for in a minute. */
export interface TableLink {
  readonly tables: Tables
  /** False when the worker has ended: another is to be started. */
  readonly isOpen: boolean
  close(): Promise<void>
}
