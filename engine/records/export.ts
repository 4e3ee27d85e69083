import { JobError } from '../../shared/model/error.ts'
import type { RunOptions } from '../../shared/model/job.ts'
import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { readJournal, type JournalState } from '../journal/journal-state.ts'
import { whileUnlocked } from '../journal/lock.ts'
import type { RowView } from '../journal/row-view.ts'
import type { RunPaths } from '../journal/run-paths.ts'
import { assertHeader } from '../journal/schema.ts'
import { isMissing, storageError } from '../journal/storage-error.ts'
import { syncDirectory } from '../journal/sync-directory.ts'
import { fileExists } from '../sink/record-sink.ts'
import { recordColumns } from '../sink/record-columns.ts'
import { checkExport, endingOf, exportSink } from '../sink/registry.ts'
import { traceSink } from '../sink/trace.ts'
import { isRejected, type OutputPlan } from './output-plan.ts'
import { Output } from './output.ts'
import { SegmentPool } from './segment-pool.ts'

/** Frames written before other requests get their turn. */
const FRAMES_A_TURN = 4

export interface ExportRequest {
  readonly out: string
  readonly mode: RunOptions['outMode']
  /** Only for CSV: cells that a spreadsheet would take for a formula begin with an apostrophe. */
  readonly isSpreadsheetSafe?: boolean | undefined
}

/**
 * Writes every committed record of a run to a file, which appears under its name only when it is whole. A run that is
 * still going on is exported as far as it is committed now.
 *
 * @throws JobError `E_CONFIG` when the file may not be written, `E_JOURNAL_CORRUPT`, `E_DISK_FULL` or `E_SRC_IO`.
 */
export async function exportRun(
  paths: RunPaths,
  { out, mode, isSpreadsheetSafe = false }: ExportRequest,
): Promise<{ records: number }> {
  checkExport(out, mode)
  const state = readCommitted(paths)
  if (out === '-') return { records: await writeAll(paths, state, { out, mode, isSpreadsheetSafe }) }
  // The ending stays: it decides the format.
  const ending = endingOf(out)
  const temporary = join(dirname(out), `.${basename(out, ending)}.${paths.runId}.part${ending}`)
  try {
    removeTemporary(temporary)
    if (mode === 'append') copyIfExists(out, temporary)
    const records = await writeAll(paths, state, { out: temporary, mode: 'append', isSpreadsheetSafe })
    if (mode === 'create' && existsSync(out)) throw fileExists(out)
    renameSync(temporary, out)
    await syncDirectory(dirname(out))
    return { records }
  } catch (error) {
    removeTemporary(temporary)
    throw error instanceof JobError ? error : storageError(error, out)
  }
}

function readCommitted(paths: RunPaths): JournalState {
  return whileUnlocked(paths, isOwned => {
    if (!isOwned) assertHeader(paths)
    return readJournal(paths)
  })
}

const writeAll = (
  paths: RunPaths,
  state: JournalState,
  { out, mode, isSpreadsheetSafe = false }: ExportRequest,
): Promise<number> =>
  writeRecords(paths, state, { out, mode, sink: exportSink(out, isSpreadsheetSafe), takes: null })

/** What a file of records is to be, and which of a run's records belong there; `null` for all. */
export interface RecordsFile extends Pick<ExportRequest, 'out' | 'mode'> {
  readonly sink: OutputPlan['sink']
  readonly takes: ((row: RowView) => boolean) | null
}

/**
 * Writes committed records as `--out` would.
 *
 * @returns How many.
 * @throws JobError `E_CONFIG` when the file may not be written, `E_JOURNAL_CORRUPT`, `E_DISK_FULL` or `E_SRC_IO`.
 */
export async function writeRecords(
  paths: RunPaths,
  { run: { job }, given, segments, dropped }: Pick<JournalState, 'run' | 'given' | 'segments' | 'dropped'>,
  { out, mode, sink, takes }: RecordsFile,
): Promise<number> {
  const isLoad = job.kind === 'load'
  if (isLoad && sink === traceSink)
    throw new JobError('E_CONFIG', 'a load keeps no times of single records that a trace could be made of')
  const wanted = isLoad ? isRejected : null
  const plan: OutputPlan = {
    path: out,
    mode,
    sink,
    columns: recordColumns(job),
    // Of a load only what was refused has a record: nobody can wait for those between.
    order: isLoad ? 'completion' : given.parallelism.order,
    takes: takes === null ? wanted : row => (wanted === null || wanted(row)) && takes(row),
  }
  const pool = new SegmentPool(paths, segments, dropped)
  const output = await Output.open({ plan, runId: paths.runId, resume: null, pool })
  try {
    for (let frames = 1; await output.step(); frames += 1) if (frames % FRAMES_A_TURN === 0) await nextTurn()
    output.flushHeld()
    await output.sync()
    await output.finish()
    return output.records
  } finally {
    await output.close()
  }
}

function copyIfExists(from: string, to: string): void {
  try {
    copyFileSync(from, to)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

function removeTemporary(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}
