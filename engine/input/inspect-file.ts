import { failureOf, JobError } from '../../shared/model/error.ts'
import type { InputReport } from '../../shared/model/input-report.ts'
import { sitemap } from '../source/kinds/sitemap.ts'
import { fileHead, readHead } from '../source/file-bytes.ts'
import { openRegular, type OpenedFile } from '../source/open-file.ts'
import { recognise, type Recognition } from '../source/recognise.ts'
import { recogniseLoad } from '../source/recognise-load.ts'
import { isJobFile } from './is-job-file.ts'
import { inspectRecords } from './inspect-records.ts'
import { inspectSitemap, isSitemap } from './inspect-sitemap.ts'
import { reportOf, sampleText } from './report.ts'
import { sampleSource } from './sample-source.ts'
import { isWebUrl } from './url-evidence.ts'

/** Most bytes that are read of a file, and most that an archive is unpacked to. */
const LOOK_BYTES = 2 ** 20
const BRIEF_BYTES = 64 * 2 ** 10

const AS_FOUND = { format: 'auto', encoding: 'auto' } as const
const ANY = { column: null, field: null }

/**
 * Tells what a file is and which jobs can take it, by how a crawl and a load would read it.
 *
 * @param isBrief Less of it is read, and fewer records are shown.
 * @throws JobError for what can be neither, as the load says it.
 */
export async function inspectFile(path: string, isBrief: boolean): Promise<InputReport> {
  const file = await openRegular(path)
  try {
    const head = await readHead(file)
    // Schemas of jobs take longer to load than all the rest.
    if (isJobFile(path, head)) return await (await import('./inspect-job.ts')).inspectJob(path, file)
    const mostBytes = isBrief ? BRIEF_BYTES : LOOK_BYTES
    const crawl = await attempt(recognise(path, head, ANY))
    if (!(crawl instanceof JobError) && crawl.source === sitemap && isSitemap(crawl.head))
      return await inspectSitemap(path, file, { recognition: crawl, mostBytes })
    const load = await attempt(recogniseLoad(path, fileHead(file), AS_FOUND))
    if (load instanceof JobError) return await inspectForCrawl(path, file, { crawl, load })
    return await inspectRecords(path, file, { crawl, load, mostBytes, isBrief })
  } finally {
    await file.handle.close()
  }
}

/** @returns What was found out, or why nothing was. */
async function attempt<T>(recognising: Promise<T>): Promise<T | JobError> {
  try {
    return await recognising
  } catch (error) {
    if (error instanceof JobError) return error
    throw error
  }
}

/** Reports on what no load can take, such as a table that names two columns alike, but a crawl may. */
async function inspectForCrawl(
  path: string,
  file: OpenedFile,
  { crawl, load }: { readonly crawl: Recognition | JobError; readonly load: JobError },
): Promise<InputReport> {
  const bytes = file.stats.size
  if (!(crawl instanceof JobError)) {
    const wanted = { options: ANY, records: 100, bytes: BRIEF_BYTES }
    const sample = await attempt(sampleSource({ path, file, recognition: crawl }, wanted))
    const urls = sample instanceof JobError ? [] : sample.records.filter(({ value }) => isWebUrl(value))
    if (!(sample instanceof JobError) && urls.length * 2 > sample.records.length)
      return reportOf(path, {
        is: crawl.source.kind === 'list' ? 'list' : 'records',
        suits: ['crawl'],
        format: crawl.source.kind,
        packing: crawl.packing?.kind ?? null,
        encoding: crawl.encoding.name.toLowerCase(),
        evidence: `${crawl.evidence}; no load can take it: ${load.message}`,
        bytes,
        tasks: sample.isWhole ? { count: sample.records.length, isEstimate: false } : null,
        first: sample.records.slice(0, 8).map(({ value }) => sampleText(value)),
      })
  }
  return reportOf(path, { bytes, failure: failureOf(load) })
}
