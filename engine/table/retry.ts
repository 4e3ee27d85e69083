import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { JobError } from '../../shared/model/error.ts'
import {
  NO_SECRETS,
  type CrawlJob,
  type JobSpec,
  type LoadJob,
  type RunOptions,
  type Secrets,
} from '../../shared/model/job.ts'
import type { TaskFilter } from '../../shared/model/task-table.ts'
import { safeName } from '../input/safe-name.ts'
import { uploadsDirectory } from '../input/upload-sweep.ts'
import { storageError } from '../journal/storage-error.ts'
import { titleOf } from '../records/run-list.ts'
import type { Runs } from '../run/runs.ts'
import type { DescribedRun, Tables } from './table-link.ts'

export interface RetryParts {
  readonly dataDir: string
  readonly tables: Tables
  readonly runs: Pick<Runs, 'start'>
}

export interface RetryWish {
  readonly runId: string
  readonly filter: TaskFilter
  readonly secrets?: Secrets | undefined
}

/**
 * Starts a run of the same job over what the chosen tasks were given, which is written beside uploads: it is kept for as
 * long as a run names it. Where results of the run before went is left alone.
 *
 * @throws JobError `E_CONFIG` for cpu jobs, `E_NOT_FOUND` where no chosen task has an input that could be tried again.
 */
export async function retryTasks(
  { dataDir, tables, runs }: RetryParts,
  { runId: wanted, filter, secrets }: RetryWish,
): Promise<{ readonly runId: string; readonly tasks: number }> {
  const before = await tables.describe({ runId: wanted })
  const id = randomBytes(6).toString('hex')
  const folder = join(uploadsDirectory(dataDir), `retry-${id}`)
  const path = join(folder, nameOf(before.job))
  const again = retryOf(before, path, id)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const { tasks } = await tables.writeInputs({ runId: before.runId, filter, path })
    if (tasks === 0)
      throw new JobError('E_NOT_FOUND', 'none of these tasks has an input that could be tried again')
    const { runId } = await runs.start(again.job, again.options, secrets ?? NO_SECRETS)
    return { runId, tasks }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw storageError(error, path)
  }
}

interface Retry {
  readonly job: JobSpec
  readonly options: RunOptions
}

function retryOf({ job, options }: DescribedRun, path: string, id: string): Retry {
  switch (job.kind) {
    case 'crawl':
      return { job: crawlAgain(job, path), options: DEFAULT_OPTIONS }
    case 'load':
      return { job: loadAgain(job, path), options: loadOptions(options, id) }
    case 'cpu':
      throw new JobError('E_CONFIG', 'tasks of a cpu job are not tried again one by one; run the job again')
  }
}

const DEFAULT_OPTIONS: RunOptions = {
  out: [],
  outMode: 'create',
  allowFailures: { unit: 'tasks', value: 0 },
  asserts: [],
  patienceMs: null,
  rejects: null,
  pass: 'write',
}

/** Where the first inputs had their URLs does not concern the list that is made of them. */
const crawlAgain = (job: CrawlJob, path: string): CrawlJob => ({
  ...job,
  inputs: [path],
  crawl: { ...job.crawl, column: null, field: null, spool: false },
})

/** Each rejected record says by itself how it is to be read. */
const loadAgain = (job: LoadJob, path: string): LoadJob => ({
  ...job,
  inputs: [path],
  load: { ...job.load, format: 'rejects', encoding: 'auto', spool: false },
})

/** What was loaded before is added to; what is rejected again goes beside the rejects of the first time, under a new name. */
function loadOptions({ rejects, patienceMs }: RunOptions, id: string): RunOptions {
  const again =
    rejects === null
      ? null
      : join(dirname(rejects), `${basename(rejects, extname(rejects))}.retry-${id}${extname(rejects)}`)
  return { ...DEFAULT_OPTIONS, outMode: 'append', patienceMs, rejects: again }
}

/** @returns Named after the input, `.jsonl` as it is read. */
function nameOf(job: JobSpec): string {
  const title = titleOf(job).replace(/[/\\]+/g, '-')
  return safeName(`${title.slice(0, 80)}.${job.kind === 'load' ? 'rejects.' : ''}jsonl`)
}
