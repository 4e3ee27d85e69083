import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'

import { isPath, placeFrom } from '../../engine/input/job-places.ts'
import { JOB_FILE_BYTES, jobToText, parseJobText } from '../../shared/model/job-file.ts'
import type { JobSpec } from '../../shared/model/job.ts'
import { formatTarget, parseTarget } from '../../shared/model/load-target.ts'
import { isOn, type FlagValues } from './flag-spec.ts'
import type { Host } from './host.ts'
import { isErrorWithCode, reasonOf } from './system-error.ts'
import { CommandError } from './command-error.ts'

const ENDING = '.ilv.json'

/** Writes the job of a command line to a file instead of running it. @returns The exit code. */
export function saveJobFile(job: JobSpec, file: string, values: FlagValues, host: Host): number {
  const path = resolve(host.cwd, file)
  if (!path.endsWith(ENDING)) throw new CommandError(t => t('usage.saveEnding', { file }))
  try {
    const flag = isOn(values, 'force') ? 'w' : 'wx'
    writeFileSync(path, jobToText(withPlaces(job, input => fromFolder(input, dirname(path)))), { flag })
  } catch (error) {
    if (isErrorWithCode(error, 'EEXIST')) throw new CommandError(t => t('usage.saveExists', { file }))
    const reason = reasonOf(error)
    throw new CommandError(t => t('usage.saveFailed', { file, reason }), { code: 'E_SRC_IO', cause: error })
  }
  if (!isOn(values, 'quiet')) host.output.writeErr(`${host.t('run.saved', { file })}\n`)
  return 0
}

/** @throws CommandError when the file cannot be read, JobError `E_CONFIG` when it is no job. */
export function readJobFile(file: string, cwd: string): JobSpec {
  const path = resolve(cwd, file)
  const job = parseJobText(readText(path, file))
  return withPlaces(job, input => placeFrom(dirname(path), input))
}

function readText(path: string, file: string): string {
  try {
    const stats = statSync(path)
    if (!stats.isFile())
      throw new CommandError(t => t('usage.jobNotFile', { file }), { code: 'E_NOT_A_FILE' })
    if (stats.size > JOB_FILE_BYTES) throw new CommandError(t => t('usage.jobTooLarge', { file }))
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof CommandError) throw error
    const reason = reasonOf(error)
    throw new CommandError(t => t('usage.jobMissing', { file, reason }), { code: 'E_SRC_IO', cause: error })
  }
}

function withPlaces(job: JobSpec, place: (input: string) => string): JobSpec {
  if (job.kind === 'cpu') return job
  const inputs = job.inputs.map(place)
  if (job.kind === 'crawl') return { ...job, inputs }
  return { ...job, inputs, load: { ...job.load, to: destinationAt(job.load.to, place) } }
}

function destinationAt(to: string | null, place: (path: string) => string): string | null {
  if (to === null) return null
  const { target } = parseTarget(to)
  return target.kind === 'sqlite' || target.kind === 'jsonl'
    ? formatTarget({ ...target, path: place(target.path) })
    : to
}

/** Files beside or below the job file are named from there, so that the folder can be moved as a whole. */
function fromFolder(input: string, folder: string): string {
  if (!isPath(input)) return input
  const path = relative(folder, input)
  return path.startsWith(`..${sep}`) || isAbsolute(path) ? input : path
}
