import { rmSync } from 'node:fs'
import { platform } from 'node:process'
import { NO_SECRETS } from '../../shared/model/job.ts'
import { parseTarget } from '../../shared/model/load-target.ts'
import { readDestination, type RunDestinationHead } from '../journal/journal-state.ts'
import { RunLock } from '../journal/lock.ts'
import type { RunPaths } from '../journal/run-paths.ts'
import { assertHeader } from '../journal/schema.ts'
import { storageError } from '../journal/storage-error.ts'
import type { LoadDestination } from './run-destination.ts'
import { within } from './within.ts'

/** A destination that is not there must not hold up a removal. */
const DESTINATION_MS = 2_000

/**
 * Does something with a run that nobody else may own meanwhile.
 *
 * @throws JobError `E_LOCKED` while a process owns the run.
 */
export function whileNobodyOwns(paths: RunPaths, work: () => void): void {
  const lock = RunLock.acquire(paths)
  try {
    // Windows neither moves nor removes a file that is open, so the lock is let go a moment before.
    if (platform === 'win32') lock.release()
    work()
  } finally {
    lock.release()
  }
}

/**
 * Removes a run for good, first what it keeps in its destination besides the data, as far as that can be reached without
 * a password.
 *
 * @returns The destination where that stays; `null` when nothing does.
 * @throws JobError `E_LOCKED` while a process owns the run.
 */
export async function removeRun(paths: RunPaths, load: LoadDestination): Promise<string | null> {
  // Refused before anything is touched.
  whileNobodyOwns(paths, () => undefined)
  const left = await clearDestination(paths, load)
  whileNobodyOwns(paths, () => {
    try {
      rmSync(paths.directory, { recursive: true })
    } catch (error) {
      throw storageError(error, paths.directory)
    }
  })
  return left
}

async function clearDestination(paths: RunPaths, load: LoadDestination): Promise<string | null> {
  const place = positionOf(paths)
  if (place === null) return null
  const { runId } = paths
  const clear = async (): Promise<null> => {
    const kind = await load(parseTarget(place.to).target)
    const control = await kind.openControl?.({
      runId,
      options: place.options,
      pass: 'write',
      secrets: NO_SECRETS,
    })
    await control?.end()
    await control?.close()
    return null
  }
  return within(DESTINATION_MS, clear(), place.to)
}

/** @returns Where the run may still keep a position; `null` for runs that are done, and for all that keep none. */
function positionOf(paths: RunPaths): RunDestinationHead | null {
  try {
    assertHeader(paths)
    return readDestination(paths)
  } catch {
    // A run that cannot be read is removed all the same; nobody can tell where its position would be.
    return null
  }
}
