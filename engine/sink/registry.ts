import { JobError } from '../../shared/model/error.ts'
import type { RunOptions } from '../../shared/model/job.ts'
import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { csvSink, spreadsheetSink } from './csv.ts'
import { jsonlSink } from './jsonl.ts'
import { fileExists, type RecordSinkKind } from './record-sink.ts'
import { sqliteSink } from './sqlite.ts'
import { TRACE_ENDING, traceSink } from './trace.ts'

/** Every format of results; the ending of a file's name chooses. */
export const RECORD_SINKS: readonly RecordSinkKind[] = [jsonlSink, csvSink, sqliteSink]

/**
 * @param path `-` is JSON Lines on standard output.
 * @throws JobError `E_CONFIG` naming the endings that are known.
 */
export function sinkFor(path: string): RecordSinkKind {
  if (path === '-') return jsonlSink
  const ending = extname(path).toLowerCase()
  const kind = RECORD_SINKS.find(known => known.ending === ending)
  if (kind !== undefined) return kind
  const known = RECORD_SINKS.map(each => each.ending).join(', ')
  throw new JobError('E_CONFIG', `cannot tell the format of ${path} from its ending; use one of ${known}`)
}

/** @returns The part of a file's name that chooses its format. */
export const endingOf = (path: string): string =>
  path.toLowerCase().endsWith(TRACE_ENDING) ? path.slice(-TRACE_ENDING.length) : extname(path)

/**
 * What a run that is recorded can be written as.
 *
 * @returns As {@link sinkFor}, where CSV may be meant for a spreadsheet; a trace for `.trace.json`.
 * @throws JobError `E_CONFIG` naming the endings that are known.
 */
export function exportSink(path: string, isSpreadsheetSafe: boolean): RecordSinkKind {
  if (endingOf(path).toLowerCase() === TRACE_ENDING) return traceSink
  const kind = sinkFor(path)
  return isSpreadsheetSafe && kind === csvSink ? spreadsheetSink : kind
}

/** Refuses an export that would fail later. @throws JobError `E_CONFIG`. */
export function checkExport(path: string, mode: RunOptions['outMode']): void {
  if (exportSink(path, false) === traceSink && mode === 'append')
    throw new JobError(
      'E_CONFIG',
      `${path}: nothing can be appended to a trace; write it to a file of its own`,
    )
  if (path !== '-' && mode === 'create' && existsSync(path)) throw fileExists(path)
}

/**
 * Refuses what would fail later, before anything exists.
 *
 * @throws JobError `E_CONFIG`.
 */
export function checkOutputs({ out, outMode }: Pick<RunOptions, 'out' | 'outMode'>): void {
  for (const [at, path] of out.entries()) {
    sinkFor(path)
    if (out.indexOf(path) !== at) throw new JobError('E_CONFIG', `${path} is given twice as output`)
    if (path !== '-' && outMode === 'create' && existsSync(path)) throw fileExists(path)
  }
}
