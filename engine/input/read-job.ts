import { dirname } from 'node:path'

import { JobError } from '../../shared/model/error.ts'
import { JOB_FILE_BYTES } from '../../shared/model/job-file.ts'
import { formatTarget, parseTarget } from '../../shared/model/load-target.ts'
import { readHead } from '../source/file-bytes.ts'
import { openRegular } from '../source/open-file.ts'
import { isJobFile } from './is-job-file.ts'
import { placeFrom } from './job-places.ts'

/**
 * Reads the text of a job file, its relative paths made absolute; whoever asked reads the job out of it.
 *
 * @throws JobError `E_CONFIG` for a file that is no job, or larger than one may be; else of what cannot be read.
 */
export async function readJob(path: string): Promise<{ readonly text: string }> {
  const file = await openRegular(path)
  try {
    const { size } = file.stats
    if (size > JOB_FILE_BYTES)
      throw new JobError('E_CONFIG', `${path} has ${size} bytes, a job file at most ${JOB_FILE_BYTES}`)
    const bytes = await readHead(file, JOB_FILE_BYTES)
    // Nothing else on this machine is handed out in full.
    if (!isJobFile(path, bytes)) throw new JobError('E_CONFIG', `${path} is no job file`)
    return { text: withPlaces(bytes.toString('utf8'), dirname(path)) }
  } finally {
    await file.handle.close()
  }
}

/** What cannot be understood is left as it is: whoever reads the job says what is wrong with it. */
function withPlaces(text: string, folder: string): string {
  let root: unknown
  try {
    root = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return text
  }
  if (!isObject(root)) return text
  const { inputs, load } = root
  if (Array.isArray(inputs)) {
    root['inputs'] = inputs.map((input: unknown) =>
      typeof input === 'string' ? placeFrom(folder, input) : input,
    )
  }
  if (isObject(load) && typeof load['to'] === 'string') load['to'] = destinationFrom(folder, load['to'])
  return JSON.stringify(root)
}

function destinationFrom(folder: string, to: string): string {
  try {
    const { target } = parseTarget(to)
    return target.kind === 'sqlite' || target.kind === 'jsonl'
      ? formatTarget({ ...target, path: placeFrom(folder, target.path) })
      : to
  } catch {
    // Refused with its reason when the job is read.
    return to
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
