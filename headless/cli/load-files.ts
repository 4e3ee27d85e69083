import { basename, resolve } from 'node:path'

import type { LoadJob, RunOptions } from '../../shared/model/job.ts'
import { CommandError } from './command-error.ts'
import { targetOf } from './load-job.ts'
import type { Beginning } from './run-options.ts'
import { checkFile, statOf, type NamedFile } from './written-file.ts'

/**
 * @returns `options` with the place where rejected records go, which a dry run has none of.
 * @throws CommandError for files that the load would write over each other.
 */
export function loadRunOptions(
  job: LoadJob,
  options: RunOptions,
  cwd: string,
  beginning: Beginning,
): RunOptions {
  const rejects = job.load.dryRun ? null : (options.rejects ?? defaultRejectsOf(job, cwd))
  const completed = { ...options, rejects }
  checkLoadFiles(job, completed, beginning === 'new' ? options.outMode : 'append')
  return completed
}

/**
 * Refuses files of a load that would be written over each other, and a destination that cannot be written as far as
 * can be seen now.
 *
 * @param mode `append` for a run that goes on: it has made its files already.
 */
function checkLoadFiles(job: LoadJob, options: RunOptions, mode: RunOptions['outMode']): void {
  const target = targetOf(job.load)
  const destination = target.kind === 'sqlite' || target.kind === 'jsonl' ? target.path : null
  if (destination !== null) {
    const named = { flag: '--to', file: `${target.kind}:${destination}` }
    // What it would do to them says a dry run as well, but nothing is written by it.
    refuseInput(named, destination, job)
    const isAdded = target.kind === 'sqlite' || job.load.dryRun
    checkFile(named, destination, isAdded ? 'append' : mode)
  }
  if (options.rejects === null) return
  const named = { flag: '--rejects', file: options.rejects }
  refuseInput(named, options.rejects, job)
  if (options.rejects === destination) throw new CommandError(t => t('usage.fileIsDestination', named))
}

function refuseInput(named: NamedFile, path: string, job: LoadJob): void {
  const same = (input: string) => input === path || isSameFile(input, path)
  if (job.inputs.some(same)) throw new CommandError(t => t('usage.fileIsInput', named))
}

/** Also under another name: links lead to one file. */
function isSameFile(a: string, b: string): boolean {
  const [first, second] = [statOf(a), statOf(b)]
  return first !== null && second !== null && first.ino === second.ino && first.dev === second.dev
}

/**
 * @returns Where rejected records go unless someone says: named after the first input, in the current folder, and
 * never a file that is there already.
 */
function defaultRejectsOf(job: LoadJob, cwd: string): string {
  const [first = '-'] = job.inputs
  const stem = `${first === '-' ? 'stdin' : basename(first)}.rejects`
  for (let number = 1; ; number += 1) {
    const path = resolve(cwd, number === 1 ? `${stem}.jsonl` : `${stem}.${number}.jsonl`)
    if (statOf(path) === null) return path
  }
}
