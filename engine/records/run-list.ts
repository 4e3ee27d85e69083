import { failureOf, JobError } from '../../shared/model/error.ts'
import { crawlFields } from '../../shared/model/fields/crawl.ts'
import type { JobSpec } from '../../shared/model/job.ts'
import type { RunDetail, RunEntry, RunState, RunSummary } from '../../shared/model/run.ts'
import { readdirSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { readHead, type RunHead } from '../journal/journal-state.ts'
import { whileUnlocked } from '../journal/lock.ts'
import { isRunId, runPaths, runsDirectory, type RunPaths } from '../journal/run-paths.ts'
import { assertHeader } from '../journal/schema.ts'
import { isMissing, storageError } from '../journal/storage-error.ts'
import { readTags } from './run-tags.ts'
import { buildSummary, taskCounts } from '../telemetry/summary.ts'

/** States that a run has only while a process works on it. */
const ALIVE: readonly RunState[] = ['planned', 'running', 'paused', 'draining', 'finishing']

/** @returns Every run, the newest first. A run that cannot be read is listed as `failed` with the reason as its title. */
export const listRuns = (dataDir: string): RunEntry[] =>
  newestFirst(runIds(dataDir).flatMap(runId => readEntry(runPaths(dataDir, runId))?.entry ?? []))

export function newestFirst(entries: RunEntry[]): RunEntry[] {
  const rank = (entry: RunEntry): string => `${entry.startedAt} ${entry.runId}`
  return entries.sort((a, b) => (rank(a) < rank(b) ? 1 : -1))
}

/**
 * @returns `null` for what is no run: its creation was interrupted, or it was removed a moment ago. `isFinal` when the
 * entry stays as it is until a file of the run changes.
 */
export function readEntry(paths: RunPaths): { readonly entry: RunEntry; readonly isFinal: boolean } | null {
  try {
    const { head, isOwned } = inspect(paths)
    return { entry: entryOf(head, isOwned, readTags(paths)), isFinal: !isOwned }
  } catch (error) {
    const { code, message } = failureOf(error)
    if (code === 'E_NOT_FOUND') return null
    return { entry: brokenEntry(paths, `${code}: ${message}`), isFinal: false }
  }
}

/**
 * @param wanted An id, an unambiguous beginning of one, or `latest`.
 * @throws JobError `E_NOT_FOUND`.
 */
export function resolveRun(
  dataDir: string,
  wanted: string,
  list: () => readonly RunEntry[] = () => listRuns(dataDir),
): RunPaths {
  if (wanted === 'latest') {
    const [newest] = list()
    if (newest === undefined) throw new JobError('E_NOT_FOUND', `there is no run in ${dataDir} yet`)
    return runPaths(dataDir, newest.runId)
  }
  const ids = runIds(dataDir)
  const matching = ids.includes(wanted) ? [wanted] : ids.filter(id => wanted !== '' && id.startsWith(wanted))
  if (matching.length === 1) return runPaths(dataDir, matching[0]!)
  if (matching.length === 0) throw new JobError('E_NOT_FOUND', `there is no run ${wanted} in ${dataDir}`)
  throw new JobError(
    'E_NOT_FOUND',
    `${matching.length} runs begin with ${wanted}: ${matching.slice(0, 5).join(', ')}`,
  )
}

/** @throws JobError `E_VERSION`, `E_JOURNAL_CORRUPT` or `E_NOT_FOUND`. */
export function showRun(paths: RunPaths): RunDetail {
  const { head, isOwned } = inspect(paths)
  const { run, given } = head
  return {
    ...entryOf(head, isOwned, readTags(paths)),
    job: run.job,
    options: given.options,
    parallelism: given.parallelism,
    summary: head.summary ?? summaryNow(head, isOwned),
  }
}

/** @returns The newest run of the same job that is not done; how it runs in parallel may differ. */
export function findUnfinishedRun(dataDir: string, job: JobSpec): string | null {
  const wanted = sameness(job)
  const found = listRuns(dataDir).find(entry => {
    if (entry.state === 'done' || entry.kind !== job.kind) return false
    try {
      return sameness(inspect(runPaths(dataDir, entry.runId)).head.run.job) === wanted
    } catch (error) {
      // A run that cannot be read is nobody's predecessor; `runs list` says why.
      if (error instanceof JobError) return false
      throw error
    }
  })
  return found?.runId ?? null
}

function inspect(paths: RunPaths): { head: RunHead; isOwned: boolean } {
  return whileUnlocked(paths, isOwned => {
    // An owner may live in this very process: then the file must not be opened but by SQLite.
    if (!isOwned) assertHeader(paths)
    return { head: readHead(paths), isOwned }
  })
}

export function runIds(dataDir: string): string[] {
  try {
    return readdirSync(runsDirectory(dataDir)).filter(isRunId)
  } catch (error) {
    if (isMissing(error)) return []
    throw storageError(error, runsDirectory(dataDir))
  }
}

/** A run that stopped without saying so was killed: it can be resumed. */
const stateOf = (head: RunHead, isOwned: boolean): RunState =>
  !isOwned && ALIVE.includes(head.progress.state) ? 'stopped' : head.progress.state

function entryOf(head: RunHead, isOwned: boolean, tags: readonly string[]): RunEntry {
  const { run, progress } = head
  return {
    runId: run.runId,
    kind: run.job.kind,
    state: stateOf(head, isOwned),
    isOwned,
    startedAt: run.startedAt,
    title: titleOf(run.job),
    tasks: taskCounts(head.counters, progress.total),
    elapsedMs: progress.elapsedMs,
    tags,
  }
}

function summaryNow(head: RunHead, isOwned: boolean): RunSummary {
  const { run, given, progress } = head
  const state = stateOf(head, isOwned)
  return buildSummary({
    ...progress,
    runId: run.runId,
    job: run.job,
    state,
    parallelism: given.parallelism,
    options: given.options,
    counters: head.counters,
    histograms: head.histograms,
    stop: null,
    failure: null,
  })
}

function brokenEntry(paths: RunPaths, reason: string): RunEntry {
  const modified = statSync(paths.directory, { throwIfNoEntry: false })?.mtime ?? new Date(0)
  return {
    runId: paths.runId,
    // Which kind it was is what cannot be read.
    kind: 'crawl',
    state: 'failed',
    isOwned: false,
    startedAt: modified.toISOString(),
    title: reason,
    tasks: { total: 0, ok: 0, failed: 0, skipped: 0, quarantined: 0, remaining: 0 },
    elapsedMs: 0,
    tags: [],
  }
}

/** @returns What a job is about, for people: its first input, or its kernel. */
export function titleOf(job: JobSpec): string {
  switch (job.kind) {
    case 'crawl':
    case 'load': {
      const [first = '', ...more] = job.inputs
      const name = first.includes('://') || first === '-' ? first : basename(first)
      return more.length === 0 ? name : `${name} and ${more.length} more`
    }
    case 'cpu':
      return `${job.cpu.kernel} × ${job.cpu.tasks}`
  }
}

/** Jobs are the same when everything but parallelism and what is given anew at each run is. */
function sameness(job: JobSpec): string {
  const { parallelism: _parallelism, ...rest } = job
  return JSON.stringify(rest, (key, value: unknown) => {
    if (isPermission(key)) return undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

const isPermission = (key: string): boolean =>
  key in crawlFields && 'permission' in crawlFields[key as keyof typeof crawlFields]
