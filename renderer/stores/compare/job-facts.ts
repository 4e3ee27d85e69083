import { groupDigits } from '../../../shared/locales/translate.ts'
import type { JobSpec } from '../../../shared/model/job.ts'
import { nameOf } from '../compose/places.ts'

/** @returns What a job works on, in a few words: `urls.txt`, `https://example.org + 2`, `primes × 200`. */
export function jobTitle(job: JobSpec): string {
  if (job.kind === 'cpu') return `${job.cpu.kernel} × ${groupDigits(job.cpu.tasks)}`
  const [first = '', ...others] = job.inputs
  const name = first.includes('://') ? first : nameOf(first)
  return others.length === 0 ? name : `${name} + ${others.length}`
}

/** False for work that only computes: its tasks wait for nothing but a turn. */
export const waits = (job: JobSpec): boolean => job.kind !== 'cpu' || job.cpu.ioRatio > 0
