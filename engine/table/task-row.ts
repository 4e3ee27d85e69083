import { errorCodeOf, type Failure } from '../../shared/model/error.ts'
import type { JobSpec } from '../../shared/model/job.ts'
import { OUTCOMES } from '../../shared/model/outcome.ts'
import { COMMON_COLUMN, ERROR_MESSAGE_STRING } from '../../shared/model/record-layout.ts'
import type { TaskDetail, TaskRow } from '../../shared/model/task-table.ts'
import type { RowView } from '../journal/row-view.ts'
import { recordColumns, type RecordColumn } from '../sink/record-columns.ts'
import { inputReader } from './record-text.ts'
import type { RowIntake } from './row-intake.ts'

/** Columns of results that a row of a table has under the same or another name. */
const IN_ROW: readonly string[] = [
  'index',
  'url',
  'outcome',
  'ok',
  'status',
  'error',
  'attempts',
  'bodyBytes',
  'totalMs',
  'startedAtMs',
  'worker',
  'lane',
]

/** @param record Has the record of `row` selected, of which strings are read. */
export function taskRow(intake: RowIntake, row: number, record: RowView): TaskRow {
  const { columns, hosts } = intake
  const bodyBytes = columns.bodyBytes[row]!
  return {
    index: columns.index[row]!,
    outcome: OUTCOMES[columns.outcome[row]!] ?? 'failed',
    input: inputReader(record.layout)(record),
    host: columns.host[row] === 0 ? null : hosts.nameOf(columns.host[row]!),
    status: columns.status[row] === 0 ? null : columns.status[row]!,
    error: failureIn(record),
    attempts: columns.attempts[row]!,
    bodyBytes: Number.isNaN(bodyBytes) ? null : bodyBytes,
    startedAtMs: numberOr0(columns.startedAtMs[row]!),
    totalMs: numberOr0(columns.totalMs[row]!),
    worker: columns.worker[row]!,
    lane: record.number(COMMON_COLUMN.lane),
  }
}

export function taskDetail(job: JobSpec, intake: RowIntake, row: number, record: RowView): TaskDetail {
  const more: Record<string, string | number | null> = {}
  for (const column of recordColumns(job))
    if (!IN_ROW.includes(column.name)) more[column.name] = valueOf(column, record)
  return { ...taskRow(intake, row, record), more }
}

function failureIn(record: RowView): Failure | null {
  const code = errorCodeOf(record.number(COMMON_COLUMN.error))
  if (code === undefined) return null
  return {
    code,
    message: record.string(ERROR_MESSAGE_STRING) ?? '',
    retryable: record.number(COMMON_COLUMN.retryable) === 1,
  }
}

function valueOf(column: RecordColumn, record: RowView): string | number | null {
  switch (column.kind) {
    case 'integer':
    case 'milliseconds': {
      const value = column.read(record)
      return Number.isFinite(value) ? value : null
    }
    case 'boolean':
      return column.read(record) ? 'true' : 'false'
    case 'text':
    case 'json':
      return column.read(record)
  }
}

const numberOr0 = (value: number): number => (Number.isFinite(value) ? value : 0)
