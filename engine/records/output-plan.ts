import { existsSync } from 'node:fs'
import { JobError } from '../../shared/model/error.ts'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import type { JobSpec, LoadJob, RunOptions } from '../../shared/model/job.ts'
import { parseTarget } from '../../shared/model/load-target.ts'
import { OUTCOME } from '../../shared/model/outcome.ts'
import { COMMON_COLUMN } from '../../shared/model/record-layout.ts'
import type { RowView } from '../journal/row-view.ts'
import { loadedLinesSink } from '../sink/loaded-lines.ts'
import { recordColumns, type RecordColumn } from '../sink/record-columns.ts'
import { fileExists, type RecordSinkKind } from '../sink/record-sink.ts'
import { checkOutputs, sinkFor } from '../sink/registry.ts'
import { rejectsSink } from '../sink/rejects.ts'

/** A file that is derived from the records of a run. */
export interface OutputPlan {
  readonly path: string
  readonly mode: RunOptions['outMode']
  readonly sink: Pick<RecordSinkKind, 'open'>
  readonly columns: readonly RecordColumn[]
  readonly order: Parallelism['order']
  /** Which records belong there; `null` for all. */
  readonly takes: ((row: RowView) => boolean) | null
}

/** @returns Every file that the run writes by way of its segments. */
export function outputPlans(
  job: JobSpec,
  options: RunOptions,
  { order }: Pick<Parallelism, 'order'>,
): OutputPlan[] {
  const { outMode: mode } = options
  const columns = recordColumns(job)
  const plans: OutputPlan[] = options.out.map(path => ({
    path,
    mode,
    sink: sinkFor(path),
    columns,
    order,
    takes: null,
  }))
  if (job.kind !== 'load' || job.load.dryRun || options.pass === 'verify') return plans
  const { rejects } = options
  if (rejects !== null) {
    const sink = rejectsSink(job.inputs)
    // Rejects are few and far between: order would hold them back until the records between them have settled.
    plans.push({ path: rejects, mode, sink, columns: [], order: 'completion', takes: isRejected })
  }
  const path = loadedFileOf(job)
  if (path !== null) plans.push({ path, mode, sink: loadedLinesSink, columns: [], order, takes: isOk })
  return plans
}

/**
 * Refuses what would fail later, before anything exists.
 *
 * @throws JobError `E_CONFIG`.
 */
export function checkPlans(job: JobSpec, options: RunOptions): void {
  checkOutputs(options)
  if (job.kind === 'load' && options.out.length > 0)
    throw new JobError('E_CONFIG', 'a load has no --out: its records go to --to, those refused to --rejects')
  const paths = outputPlans(job, options, { order: 'completion' }).map(({ path }) => path)
  for (const [at, path] of paths.entries()) {
    if (paths.indexOf(path) !== at) throw new JobError('E_CONFIG', `${path} would be written for two reasons`)
    if (path !== '-' && options.outMode === 'create' && existsSync(path)) throw fileExists(path)
  }
}

const outcomeOf = (row: RowView): number => row.number(COMMON_COLUMN.outcome)
const isOk = (row: RowView): boolean => outcomeOf(row) === OUTCOME.ok

/** Whether the record did not reach its destination. */
export const isRejected = (row: RowView): boolean =>
  outcomeOf(row) === OUTCOME.failed || outcomeOf(row) === OUTCOME.quarantined

/** @returns The file that `jsonl:` names; `null` for another destination. */
function loadedFileOf({ load }: LoadJob): string | null {
  if (load.to === null) return null
  const { target } = parseTarget(load.to)
  return target.kind === 'jsonl' ? target.path : null
}
