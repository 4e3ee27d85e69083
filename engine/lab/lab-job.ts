import { join } from 'node:path'
import { JobError } from '../../shared/model/error.ts'
import type { JobSpec, RunOptions } from '../../shared/model/job.ts'
import { formatTarget, parseTarget } from '../../shared/model/load-target.ts'
import { planOf } from '../load/command-plan.ts'

/** What runs of a comparison are given: nothing but their own folder is written to. */
export const LAB_OPTIONS: RunOptions = {
  out: [],
  outMode: 'create',
  // Failures are shown; they end nothing.
  allowFailures: { unit: 'percent', value: 100 },
  asserts: [],
  patienceMs: null,
  rejects: null,
  pass: 'write',
}

/**
 * @param folder Exists, and is the comparison's own.
 * @returns The job as one run of a comparison does it. A load into a file gets a new file each time, in `folder`, so that
 *   every run finds the same and nothing of the user's is touched.
 * @throws JobError `E_CONFIG` for what cannot be repeated.
 */
export function labJob(job: JobSpec, folder: string, order: number): JobSpec {
  if (job.kind === 'cpu') return job
  if (job.inputs.includes('-'))
    throw new JobError(
      'E_CONFIG',
      'a comparison repeats its job, and standard input can be read but once; name a file',
    )
  if (job.kind === 'crawl') return job
  const { target } = parseTarget(job.load.to ?? 'null:')
  if (target.kind === 'null') return job
  if (target.kind === 'redis') {
    if (planOf(job.load).isIdempotent) return job
    throw new JobError(
      'E_CONFIG',
      `a comparison repeats its job, and --command ${job.load.command} would add its records again each time; compare with set or hset, or into null:`,
    )
  }
  const path = join(folder, `${order}.${target.kind === 'sqlite' ? 'db' : 'jsonl'}`)
  return { ...job, load: { ...job.load, to: formatTarget({ ...target, path }) } }
}
