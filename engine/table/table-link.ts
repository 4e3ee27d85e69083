import type {
  Breakdown,
  Dimension,
  Pivot,
  TaskDetail,
  TaskFilter,
  TaskPage,
  TaskSort,
} from '../../shared/model/task-table.ts'

/** A run whose records are asked for, by its full id. */
interface TableQuestion {
  readonly runId: string
  readonly filter: TaskFilter
}

/** What a table worker answers from the segments of runs, whoever owns them; reading never disturbs an owner. */
export interface Tables {
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
  /** Writes the inputs of the chosen tasks as a list that a crawl can read, one URL a line. */
  writeInputs(question: TableQuestion & { readonly path: string }): Promise<{ readonly tasks: number }>
  /** Writes the chosen records in a format of `--out`. */
  writeRecords(
    question: TableQuestion & {
      readonly path: string
      readonly format: 'jsonl' | 'csv' | 'db'
      readonly isSpreadsheetSafe: boolean
    },
  ): Promise<{ readonly records: number }>
}

/** One table worker; it lets go of tables that nobody asked for in a minute. */
export interface TableLink {
  readonly tables: Tables
  close(): Promise<void>
}
