import { stat } from 'node:fs/promises'
import { failureOf, JobError } from '../../shared/model/error.ts'
import type { InputReport } from '../../shared/model/input-report.ts'
import { isAbsolutePath } from '../../shared/model/path.ts'
import { TargetReader } from '../executor/crawl/target.ts'
import { DEFAULT_LIMITS } from '../executor/http/limits.ts'
import { formOf } from '../source/recognise.ts'
import { sourceError } from '../source/source-error.ts'
import { inspectFile } from './inspect-file.ts'
import { inspectFolder } from './inspect-folder.ts'
import { reportOf } from './report.ts'

/** Inputs that are looked at side by side: most of the time is spent waiting for a disk. */
const AT_ONCE = 4

/** How long one input may take, in milliseconds: a disk or a network share may not answer. */
const INPUT_MS = 8_000

/** Of so many inputs each is looked at more briefly, so that the answer stays quick and small. */
const MANY_INPUTS = 200

/** @returns A report on each input, in their order. It never rejects for what is wrong with one of them. */
export async function inspectInputs(inputs: readonly string[]): Promise<readonly InputReport[]> {
  const isBrief = inputs.length > MANY_INPUTS
  const reports: InputReport[] = []
  let next = 0
  const takeTurns = async (): Promise<void> => {
    for (let at = next; at < inputs.length; at = next) {
      next += 1
      reports[at] = await inspectInput(inputs[at] as string, isBrief)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns))
  return reports
}

async function inspectInput(input: string, isBrief: boolean): Promise<InputReport> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new JobError('E_SRC_IO', `${input} could not be read within ${INPUT_MS / 1_000} s`)),
    INPUT_MS,
  )
  try {
    return await Promise.race([inspectForm(input, isBrief), late])
  } catch (error) {
    return reportOf(input, { failure: failureOf(sourceError(input, error)) })
  } finally {
    clearTimeout(timer)
  }
}

async function inspectForm(input: string, isBrief: boolean): Promise<InputReport> {
  switch (formOf(input)) {
    case 'url':
      return inspectUrl(input)
    case 'sitemap':
      return reportOf(input, {
        is: 'sitemap',
        suits: ['crawl'],
        format: 'xml',
        evidence: 'a URL whose path names a sitemap',
      })
    case 'stdin':
      return reportOf(input, {
        is: 'records',
        suits: ['load', 'crawl'],
        evidence: 'standard input: what it holds is told when it is read',
      })
    case 'path':
      return inspectPath(input, isBrief)
  }
}

function inspectUrl(input: string): InputReport {
  const target = new TargetReader(DEFAULT_LIMITS.urlCharacters).read(input.trim())
  if ('origin' in target)
    return reportOf(input, {
      is: 'url',
      suits: ['crawl'],
      evidence: 'a URL',
      tasks: { count: 1, isEstimate: false },
    })
  return reportOf(input, { is: 'url', failure: { ...target, retryable: false } })
}

async function inspectPath(path: string, isBrief: boolean): Promise<InputReport> {
  if (!isAbsolutePath(path))
    throw new JobError('E_CONFIG', `${path} is neither a URL nor a whole path: write https:// or / before it`)
  const stats = await stat(path)
  return stats.isDirectory() ? inspectFolder(path) : inspectFile(path, isBrief)
}
