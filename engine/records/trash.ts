import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { JobError } from '../../shared/model/error.ts'
import { isRunId, runPaths, runPathsIn, runsDirectory, type RunPaths } from '../journal/run-paths.ts'
import { isMissing, storageError } from '../journal/storage-error.ts'

/** Where runs lie that were deleted and may come back. */
export const trashDirectory = (dataDir: string): string => join(dataDir, 'trash')

/** Nobody may own the run. Its directory's time of change says since when it lies there. */
export function moveToTrash(dataDir: string, paths: RunPaths): void {
  const trash = trashDirectory(dataDir)
  const target = join(trash, paths.runId)
  try {
    mkdirSync(trash, { recursive: true, mode: 0o700 })
    rmSync(target, { recursive: true, force: true })
    const now = new Date()
    utimesSync(paths.directory, now, now)
    renameSync(paths.directory, target)
  } catch (error) {
    throw storageError(error, paths.directory)
  }
}

/**
 * @param wanted An id, an unambiguous beginning of one, or `latest`: what was deleted last.
 * @throws JobError `E_NOT_FOUND` when nothing like it was deleted lately, `E_LOCKED` when there is such a run again.
 */
export function restoreFromTrash(dataDir: string, wanted: string): RunPaths {
  const trashed = inTrash(dataDir)
  const runId = wanted === 'latest' ? trashed.at(-1)?.runId : matching(trashed, wanted)
  if (runId === undefined)
    throw new JobError('E_NOT_FOUND', `run ${wanted} was not deleted lately, or is gone for good`)
  const paths = runPaths(dataDir, runId)
  if (statSync(paths.directory, { throwIfNoEntry: false }) !== undefined)
    throw new JobError('E_LOCKED', `a run called ${runId} exists already`)
  try {
    mkdirSync(runsDirectory(dataDir), { recursive: true, mode: 0o700 })
    renameSync(join(trashDirectory(dataDir), runId), paths.directory)
  } catch (error) {
    throw storageError(error, paths.directory)
  }
  return paths
}

/** @returns Deleted runs, those that were deleted first at the beginning. */
export function inTrash(dataDir: string): (RunPaths & { readonly deletedAtMs: number })[] {
  const trash = trashDirectory(dataDir)
  try {
    const found = readdirSync(trash)
      .filter(isRunId)
      .flatMap(runId => {
        const deletedAtMs = statSync(join(trash, runId), { throwIfNoEntry: false })?.mtimeMs
        return deletedAtMs === undefined ? [] : [{ ...runPathsIn(trash, runId), deletedAtMs }]
      })
    return found.sort((a, b) => a.deletedAtMs - b.deletedAtMs)
  } catch (error) {
    if (isMissing(error)) return []
    throw storageError(error, trash)
  }
}

function matching(trashed: readonly RunPaths[], wanted: string): string | undefined {
  const ids = trashed.map(({ runId }) => runId)
  if (ids.includes(wanted)) return wanted
  const [first, ...more] = ids.filter(id => id.startsWith(wanted))
  return more.length === 0 ? first : undefined
}
