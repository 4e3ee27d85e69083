import { dirname } from 'node:path'

import type { Handlers } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { JobSpec, RunOptions } from '../../shared/model/job.ts'
import { parseTarget } from '../../shared/model/load-target.ts'
import { isAbsolutePath } from '../../shared/model/path.ts'
import type { Grants } from './grants.ts'

/** Asks the person, in a dialog that no page can reach. */
export type AskPath = (what: 'read' | 'write', path: string) => Promise<boolean>

/**
 * The engine's handlers for pages of the desktop app: a path that a page says is taken only when the person has handed it
 * over, or agrees now.
 */
export function guardHandlers(handlers: Handlers, grants: Grants, ask: AskPath): Handlers {
  const read = async (path: string): Promise<void> => {
    if (!isPath(path) || grants.mayRead(path)) return
    if (isAbsolutePath(path) && (await ask('read', path))) await grants.grant(path)
    else throw refused(path)
  }
  const write = async (path: string): Promise<void> => {
    if (grants.mayWrite(path)) return
    if (isAbsolutePath(path) && (await ask('write', path))) grants.allowFolder(dirname(path))
    else throw refused(path)
  }
  // One after the other, so that there is one question at a time.
  const checkInputs = async (inputs: readonly string[]): Promise<void> => {
    for (const input of inputs) await read(input)
  }
  const checkJob = async (job: JobSpec): Promise<void> => {
    if (job.kind !== 'cpu') await checkInputs(job.inputs)
  }
  const checkOutputs = async (job: JobSpec | null, options: RunOptions | null): Promise<void> => {
    for (const path of outputsOf(job, options)) await write(path)
  }
  return {
    ...handlers,
    'run.start': async input => {
      await checkJob(input.job)
      await checkOutputs(input.job, input.options)
      return handlers['run.start'](input)
    },
    'run.resume': async input => {
      await checkOutputs(null, input.options)
      return handlers['run.resume'](input)
    },
    'runs.export': async input => {
      await write(input.out)
      return handlers['runs.export'](input)
    },
    'run.find': async input => {
      await checkJob(input.job)
      return handlers['run.find'](input)
    },
    'load.preview': async input => {
      await checkJob(input.job)
      return handlers['load.preview'](input)
    },
    'crawl.preview': async input => {
      await checkJob(input.job)
      return handlers['crawl.preview'](input)
    },
    'input.inspect': async input => {
      await checkInputs(input.inputs)
      return handlers['input.inspect'](input)
    },
    'upload.end': async input => {
      const answer = await handlers['upload.end'](input)
      grants.remember(answer.path)
      return answer
    },
    'runs.show': async input => {
      const detail = await handlers['runs.show'](input)
      if (detail.job.kind !== 'cpu') detail.job.inputs.forEach(path => grants.remember(path))
      return detail
    },
  }
}

/** Everything that is no address on the web is taken for a path: what `file:` and others mean is for nobody to guess. */
const isPath = (input: string): boolean => !/^https?:\/\//i.test(input)

function outputsOf(job: JobSpec | null, options: RunOptions | null): readonly string[] {
  const out = options === null ? [] : [...options.out, ...(options.rejects === null ? [] : [options.rejects])]
  if (job?.kind !== 'load' || job.load.to === null) return out
  const { target } = parseTarget(job.load.to)
  return target.kind === 'sqlite' || target.kind === 'jsonl' ? [...out, target.path] : out
}

const refused = (path: string): JobError =>
  new JobError(
    'E_AUTH',
    `${path} was not handed to this app: drop it, choose it, or agree when you are asked`,
  )
