import { basename } from 'node:path'

import { groupDigits } from '../../shared/locales/translate.ts'
import { printable } from '../../shared/model/error.ts'
import type { JobSpec, RunOptions } from '../../shared/model/job.ts'
import type { Manner } from './run-session.ts'

const isPath = (input: string): boolean => !/^[A-Za-z][A-Za-z0-9+.-]+:/.test(input) && input !== '-'

/** @returns What a job works on, in a few words: `urls.txt`, `https://example.org + 2`, `primes × 200`. */
export function titleOf(job: JobSpec): string {
  if (job.kind === 'cpu') return `${job.cpu.kernel} × ${groupDigits(job.cpu.tasks)}`
  const [first = '', ...others] = job.inputs
  const name = first === '-' ? 'stdin' : printable(isPath(first) ? basename(first) : first)
  return others.length === 0 ? name : `${name} + ${others.length}`
}

/** @returns What a run of this job does with its tasks. */
export function mannerOf(job: JobSpec, { pass }: Pick<RunOptions, 'pass'>): Manner {
  if (pass === 'verify') return 'verify'
  return job.kind === 'load' && job.load.dryRun ? 'dryRun' : 'work'
}
