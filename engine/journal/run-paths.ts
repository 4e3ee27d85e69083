import { JobError } from '../../shared/model/error.ts'
import { segmentName } from '../records/protocol.ts'
import { join } from 'node:path'

/** Where a run keeps what it must not lose; everything below `directory` belongs to the run. */
export interface RunPaths {
  readonly runId: string
  readonly directory: string
  readonly journal: string
  readonly lock: string
  readonly owner: string
  readonly tags: string
  readonly segments: string
}

const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export const isRunId = (text: string): boolean => RUN_ID.test(text)

export const runsDirectory = (dataDir: string): string => join(dataDir, 'runs')

/** @throws JobError `E_NOT_FOUND` for a name that no run can have, so that it never becomes a path elsewhere. */
export function runPaths(dataDir: string, runId: string): RunPaths {
  if (!isRunId(runId)) throw new JobError('E_NOT_FOUND', `no run is called ${JSON.stringify(runId)}`)
  return runPathsIn(runsDirectory(dataDir), runId)
}

/** @param folder Where the run's directory lies, as a rule with all others. */
export function runPathsIn(folder: string, runId: string): RunPaths {
  const directory = join(folder, runId)
  return {
    runId,
    directory,
    journal: join(directory, 'run.db'),
    lock: join(directory, 'lock.db'),
    owner: join(directory, 'owner.json'),
    tags: join(directory, 'tags.json'),
    segments: join(directory, 'segments'),
  }
}

export const segmentPath = (paths: RunPaths, id: number): string => join(paths.directory, segmentName(id))
