import { JobError } from '../../shared/model/error.ts'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RunPaths } from './run-paths.ts'
import { isExisting, storageError } from './storage-error.ts'
import { syncDirectorySync } from './sync-directory.ts'

/**
 * Makes the directory of a new run, for its user alone.
 *
 * @throws JobError `E_LOCKED` when there is one already.
 */
export function makeRunDirectory(paths: RunPaths): void {
  const runs = dirname(paths.directory)
  try {
    mkdirSync(runs, { recursive: true, mode: 0o700 })
    mkdirSync(paths.directory, { mode: 0o700 })
    mkdirSync(paths.segments, { mode: 0o700 })
    syncDirectorySync(runs)
  } catch (error) {
    if (isExisting(error))
      throw new JobError('E_LOCKED', `a run called ${paths.runId} exists already`, { cause: error })
    throw storageError(error, paths.directory)
  }
}
