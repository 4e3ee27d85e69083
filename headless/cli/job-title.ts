import { basename } from 'node:path'

import { groupDigits } from '../../shared/locales/translate.ts'
import { printable } from '../../shared/model/error.ts'
import type { JobKind, JobSpec, RunOptions } from '../../shared/model/job.ts'
import { withoutPassword } from '../../shared/model/load-target.ts'
import { withoutUserinfo } from '../../shared/model/userinfo.ts'

/** What a run does with its tasks: a load may also compare, or only read and encode. */
export type Manner = 'work' | 'verify' | 'dryRun'

/** What is said of a job wherever one of its runs is shown. */
export interface JobFacts {
  readonly kind: JobKind
  /** What it works on, in a few words. */
  readonly title: string
  readonly manner: Manner
  /** Where the records of a load go; `null` for other kinds. */
  readonly destination: string | null
}

export const factsOf = (job: JobSpec, { pass }: Pick<RunOptions, 'pass'>): JobFacts => ({
  kind: job.kind,
  title: titleOf(job),
  manner: pass === 'verify' ? 'verify' : job.kind === 'load' && job.load.dryRun ? 'dryRun' : 'work',
  destination: job.kind === 'load' && job.load.to !== null ? printable(withoutPassword(job.load.to)) : null,
})

const isPath = (input: string): boolean => !/^[A-Za-z][A-Za-z0-9+.-]+:/.test(input) && input !== '-'

/** @returns What a job works on, in a few words: `urls.txt`, `https://example.org + 2`, `primes × 200`. */
export function titleOf(job: JobSpec): string {
  if (job.kind === 'cpu') return `${job.cpu.kernel} × ${groupDigits(job.cpu.tasks)}`
  const [first = '', ...others] = job.inputs
  const name = first === '-' ? 'stdin' : printable(isPath(first) ? basename(first) : withoutUserinfo(first))
  return others.length === 0 ? name : `${name} + ${others.length}`
}
