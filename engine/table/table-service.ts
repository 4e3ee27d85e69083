import { JobError } from '../../shared/model/error.ts'
import type {
  Breakdown,
  Dimension,
  Pivot,
  TaskDetail,
  TaskFilter,
  TaskPage,
} from '../../shared/model/task-table.ts'
import type { TaskStream } from '../../shared/model/task-stream.ts'
import { streamWindow } from '../../shared/stream/stream-window.ts'
import { COMMON_COLUMN } from '../../shared/model/record-layout.ts'
import { readCommitted } from '../journal/committed.ts'
import type { RowView } from '../journal/row-view.ts'
import { writeRecords } from '../records/export.ts'
import { SettledBitmap } from '../journal/settled-bitmap.ts'
import { exportSink } from '../sink/registry.ts'
import { rejectsSink } from '../sink/rejects.ts'
import { amountsOf, type CauseRows } from './breakdown.ts'
import { choosesAll } from './choose-rows.ts'
import type { Matches } from './matches.ts'
import { pivotOf } from './pivot.ts'
import { RowReader } from './row-reader.ts'
import { TableShelf } from './table-shelf.ts'
import type { DescribedRun, TableQuestion, Tables } from './table-link.ts'
import { taskDetail, taskRow } from './task-row.ts'
import type { TaskTable } from './task-table.ts'
import type { TableLimits } from './row-intake.ts'
import { writeUrls } from './write-inputs.ts'

/** Of each string of a record, in a page and where one task is shown, at most so many bytes are read. */
const PAGE_STRING_BYTES = 12_288
const SHOWN_STRING_BYTES = 2 ** 20
/** How long an answer waits for records that are being read; what is there by then is what it tells of. */
const PATIENCE_MS = 250

export interface TableServicePorts {
  readonly dataDir: string
  readonly nowMs: () => number
  readonly limits: TableLimits
}

/** The table worker without its port. */
export class TableService implements Tables {
  readonly #shelf: TableShelf

  constructor(ports: TableServicePorts) {
    this.#shelf = new TableShelf(ports)
  }

  async describe({ runId }: { readonly runId: string }): Promise<DescribedRun> {
    const paths = this.#shelf.resolve(runId)
    const { run, given } = readCommitted(paths)
    return { runId: paths.runId, job: run.job, options: given.options }
  }

  async page({ runId, filter, sort, offset, limit }: Parameters<Tables['page']>[0]): Promise<TaskPage> {
    const table = await this.#readable(runId)
    const matches = table.match(filter)
    const { gap, intake } = table
    using reader = new RowReader(table.paths, table.layout, PAGE_STRING_BYTES)
    const rows = Array.from(matches.page(sort, offset, limit), row =>
      taskRow(intake, row, reader.read(intake.placeOf(row), intake.columns.rowInFrame[row]!)),
    )
    return { total: intake.columns.length, matched: matches.count, gap, rows }
  }

  async show({ runId, index }: { readonly runId: string; readonly index: number }): Promise<TaskDetail> {
    const table = await this.#whole(runId)
    const { intake } = table
    const row =
      index < 2 ** 32 ? intake.columns.index.subarray(0, intake.columns.length).lastIndexOf(index) : -1
    if (row < 0) throw new JobError('E_NOT_FOUND', `run ${table.paths.runId} has no record of task ${index}`)
    using reader = new RowReader(table.paths, table.layout, SHOWN_STRING_BYTES)
    const record = reader.read(intake.placeOf(row), intake.columns.rowInFrame[row]!)
    return taskDetail(table.committed.run.job, intake, row, record)
  }

  async breakdown({ runId, filter }: TableQuestion): Promise<Breakdown> {
    const table = await this.#readable(runId)
    const { causes, ...amounts } = amountsOf(table.intake, table.match(filter))
    using reader = new RowReader(table.paths, table.layout, PAGE_STRING_BYTES)
    return { gap: table.gap, ...amounts, errors: causes.map(cause => causeOf(table, reader, cause)) }
  }

  async pivot({
    runId,
    filter,
    ...sides
  }: TableQuestion & { readonly rows: Dimension; readonly columns: Dimension }): Promise<Pivot> {
    const table = await this.#readable(runId)
    return { gap: table.gap, ...pivotOf(table.intake, table.match(filter), sides) }
  }

  async stream({ runId, ...question }: Parameters<Tables['stream']>[0]): Promise<TaskStream> {
    const table = await this.#readable(runId)
    const { index, isWhole } = table.lanes()
    return { gap: table.gap ?? (isWhole ? null : 'catching-up'), ...streamWindow(index, question) }
  }

  async writeInputs({
    runId,
    filter,
    path,
  }: TableQuestion & { readonly path: string }): Promise<{ readonly tasks: number }> {
    const table = await this.#whole(runId)
    const { job } = table.committed.run
    switch (job.kind) {
      case 'crawl':
        return { tasks: await writeUrls(table, this.#complete(table, filter), path) }
      case 'load': {
        const takes = this.#chosen(table, filter)
        const sink = rejectsSink(job.inputs)
        const tasks = await writeRecords(table.paths, table.committed, {
          out: path,
          mode: 'create',
          sink,
          takes,
        })
        return { tasks }
      }
      case 'cpu':
        throw new JobError('E_CONFIG', 'cpu tasks have no inputs that could be listed; run the job again')
    }
  }

  async writeRecords(wanted: Parameters<Tables['writeRecords']>[0]): Promise<{ readonly records: number }> {
    const { runId, filter, window, path, isSpreadsheetSafe } = wanted
    const file = { out: path, mode: 'create', sink: exportSink(path, isSpreadsheetSafe) } as const
    const isWithin = window === undefined ? null : withinWindow(window)
    if (filter === null || choosesAll(filter)) {
      const paths = this.#shelf.resolve(runId)
      return { records: await writeRecords(paths, readCommitted(paths), { ...file, takes: isWithin }) }
    }
    const table = await this.#whole(runId)
    const isChosen = this.#chosen(table, filter)
    const takes = isWithin === null ? isChosen : (row: RowView) => isWithin(row) && isChosen(row)
    return { records: await writeRecords(table.paths, table.committed, { ...file, takes }) }
  }

  /** Lets go of tables that nobody asked for lately. */
  sweep(): void {
    this.#shelf.sweep()
  }

  /** @returns The run's table with what could be read so far. */
  async #readable(runId: string): Promise<TaskTable> {
    const table = this.#shelf.open(runId)
    const reading = table.refresh()
    if (reading !== null) await withPatience(reading, PATIENCE_MS)
    return table
  }

  /** @returns The run's table with everything that is committed. */
  async #whole(runId: string): Promise<TaskTable> {
    const table = this.#shelf.open(runId)
    await table.refresh()
    return table
  }

  /** @throws JobError `E_LIMIT` where the table does not hold every record, so that the choice would miss some. */
  #complete(table: TaskTable, filter: TaskFilter): Matches {
    if (table.gap === 'too-many')
      throw new JobError(
        'E_LIMIT',
        `run ${table.paths.runId} has more records than can be filtered; export all of them instead`,
      )
    return table.match(filter)
  }

  #chosen(table: TaskTable, filter: TaskFilter): (record: RowView) => boolean {
    const { columns } = table.intake
    const { rows, count } = this.#complete(table, filter)
    const chosen = new SettledBitmap()
    for (let at = 0; at < count; at += 1) chosen.set(columns.index[rows === null ? at : rows[at]!]!)
    return record => chosen.has(record.number(COMMON_COLUMN.index))
  }
}

const withinWindow =
  ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) =>
  (record: RowView): boolean => {
    const startedAtMs = record.number(COMMON_COLUMN.startedAtMs)
    return startedAtMs < toMs && startedAtMs + record.number(COMMON_COLUMN.totalMs) >= fromMs
  }

function causeOf(
  { intake }: TaskTable,
  reader: RowReader,
  { rows, ...cause }: CauseRows,
): Breakdown['errors'][number] {
  return {
    ...cause,
    samples: rows.map(row => {
      const { index, input, error } = taskRow(
        intake,
        row,
        reader.read(intake.placeOf(row), intake.columns.rowInFrame[row]!),
      )
      return { index, input, message: error?.message ?? '' }
    }),
  }
}

/** Waits for `work`, but not longer than `mostMs`; what it rejects with counts in any case. */
async function withPatience(work: Promise<void>, mostMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, mostMs)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
