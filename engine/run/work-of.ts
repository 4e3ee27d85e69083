import { join } from 'node:path'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import type { RequestBounds } from '../../shared/model/run.ts'
import { hostPolicyOf } from '../executor/crawl/host-cap.ts'
import type { HostPolicy } from '../executor/executor.ts'
import type { OpenedRun } from '../records/protocol.ts'
import type { ReaderSetup } from '../source/reader-protocol.ts'
import type { Work } from '../worker/protocol.ts'
import type { LeaseSizes } from './dispatcher.ts'
import { mayChangeWorkers } from './steering.ts'

/** A plain file up to this size is read by whoever needs it, without a counting pass before. */
const WHOLE_BYTES = 8 * 2 ** 20

/** @returns What the job's workers execute, with what the inputs decide decided. */
export function workOf({ job, options, bounds }: Pick<OpenedRun, 'job' | 'options' | 'bounds'>): Work {
  if (job.kind === 'cpu') return { kind: 'cpu', options: job.cpu }
  if (job.kind === 'load') return { kind: 'load', options: job.load, pass: options.pass }
  const robots = job.crawl.robots ?? job.inputs.some(isSitemap)
  return { kind: 'crawl', options: { ...job.crawl, ...bounds, robots } }
}

/** @returns The work with other bounds; the same for work without requests. */
export const boundedWork = (work: Work, { ratePerSec, perHost }: RequestBounds): Work =>
  work.kind === 'crawl' ? { ...work, options: { ...work.options, ratePerSec, perHost } } : work

/** A sitemap's URLs were found, not typed: its site's robots.txt is obeyed unless the job says otherwise. */
const isSitemap = (input: string): boolean =>
  /^https?:/i.test(input)
    ? /sitemap[^?#]*\.xml(?:\.gz)?(?:[?#]|$)/i.test(input)
    : /\.xml(?:\.gz)?$/i.test(input)

/** @returns What bounds the job's requests; `null` for work that needs no host. */
export const policyOf = (work: Work): HostPolicy | null =>
  work.kind === 'crawl' ? hostPolicyOf(work.options) : null

/** Whether tasks must be executed in the order of the input, not only reported in it. */
export const isOrdered = ({ job, parallelism }: Pick<OpenedRun, 'job' | 'parallelism'>): boolean =>
  job.kind === 'load' && parallelism.order === 'input'

/**
 * Each lease of a load has a position of its own in the destination, and its records cost a microsecond: leases are
 * large, and their readers few.
 */
const LOAD_SIZES: LeaseSizes = { busyMs: 500, least: 16_384, leastShare: 1_024, most: 1_000_000 }
const MOST_TASKS = 65_536

/** @param permits Of one worker. */
export const leaseSizesOf = (work: Work, permits: number): LeaseSizes =>
  work.kind === 'load' ? LOAD_SIZES : { busyMs: 100, least: permits * 2, leastShare: 1, most: MOST_TASKS }

/** @returns What the reader has to do; `null` for jobs without inputs. */
export function readerSetupOf(opened: OpenedRun): ReaderSetup | null {
  const { job, parallelism, epoch, fingerprints, directory } = opened
  if (job.kind === 'cpu') return null
  const common = {
    inputs: job.inputs,
    // A start that ended before its first commit has none, and still it may have emptied standard input.
    fingerprints: epoch === 1 ? null : (fingerprints ?? []),
    splitting: splittingOf(parallelism),
    spoolPath: join(directory, 'spool'),
  }
  if (job.kind === 'load') {
    const { format, encoding, spool } = job.load
    return {
      ...common,
      column: null,
      field: null,
      unique: false,
      // A counting pass would compete with the worker for the disk and the CPU, and the progress is known by bytes.
      wholeBytes: Infinity,
      spoolsStandardInput: spool,
      load: { format, encoding },
      sitemap: null,
    }
  }
  const { crawl } = job
  return {
    ...common,
    column: crawl.column,
    field: crawl.field,
    unique: crawl.unique,
    wholeBytes: WHOLE_BYTES,
    spoolsStandardInput: crawl.spool,
    load: null,
    sitemap: {
      timeoutMs: crawl.timeoutMs,
      userAgent: crawl.userAgent,
      privateNetwork: crawl.privateNetwork,
      insecure: crawl.insecure,
      headers: crawl.headers,
    },
  }
}

/** @returns How many workers read a file that is handed out whole. */
export const wholeReadersOf = ({ processes, threads, partition }: Parallelism): number =>
  partition === 'stride' ? processes * threads : 1

/** Under `stride`, and where one worker is alone and stays alone, nobody needs to know where records begin. */
const splittingOf = (parallelism: Parallelism): ReaderSetup['splitting'] =>
  parallelism.partition === 'stride' || !mayBeSeveral(parallelism) ? 'whole' : 'marks'

/** Whether the run has several workers, or may be given a second one. */
export const mayBeSeveral = (parallelism: Parallelism): boolean =>
  parallelism.processes * parallelism.threads > 1 || mayChangeWorkers(parallelism)
