import { join } from 'node:path'
import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import { hostPolicyOf } from '../executor/crawl/host-cap.ts'
import type { HostPolicy } from '../executor/executor.ts'
import type { OpenedRun } from '../records/protocol.ts'
import type { ReaderSetup } from '../source/reader-protocol.ts'
import type { Work } from '../worker/protocol.ts'

/** A plain file up to this size is read by whoever needs it, without a counting pass before. */
const WHOLE_BYTES = 8 * 2 ** 20

/** @returns What the job's workers execute, with what the inputs decide decided. */
export function workOf({ job, options }: Pick<OpenedRun, 'job' | 'options'>): Work {
  if (job.kind === 'cpu') return { kind: 'cpu', options: job.cpu }
  if (job.kind === 'load') return { kind: 'load', options: job.load, pass: options.pass }
  const robots = job.crawl.robots ?? job.inputs.some(isSitemap)
  return { kind: 'crawl', options: { ...job.crawl, robots } }
}

/** A sitemap's URLs were found, not typed: its site's robots.txt is obeyed unless the job says otherwise. */
const isSitemap = (input: string): boolean =>
  /^https?:/i.test(input)
    ? /sitemap[^?#]*\.xml(?:\.gz)?(?:[?#]|$)/i.test(input)
    : /\.xml(?:\.gz)?$/i.test(input)

/** @returns What bounds the job's requests; `null` for work that needs no host. */
export const policyOf = (work: Work): HostPolicy | null =>
  work.kind === 'crawl' ? hostPolicyOf(work.options) : null

/** @returns What the reader has to do; `null` for jobs without inputs. */
export function readerSetupOf(opened: OpenedRun): ReaderSetup | null {
  const { job, parallelism, epoch, fingerprints, directory } = opened
  if (job.kind !== 'crawl') return null
  const { crawl } = job
  return {
    inputs: job.inputs,
    column: crawl.column,
    field: crawl.field,
    unique: crawl.unique,
    // A start that ended before its first commit has none, and still it may have emptied standard input.
    fingerprints: epoch === 1 ? null : (fingerprints ?? []),
    splitting: splittingOf(parallelism),
    wholeBytes: WHOLE_BYTES,
    spoolPath: join(directory, 'spool'),
    spoolsStandardInput: crawl.spool,
    sitemap: {
      timeoutMs: crawl.timeoutMs,
      userAgent: crawl.userAgent,
      privateNetwork: crawl.privateNetwork,
      insecure: crawl.insecure,
      headers: crawl.headers,
    },
  }
}

/** Under `stride`, and where one worker is alone, nobody needs to know where records begin. */
const splittingOf = ({ processes, threads, partition }: Parallelism): ReaderSetup['splitting'] =>
  partition === 'stride' || processes * threads === 1 ? 'whole' : 'marks'
