import { INPUT_SAMPLES, type InputReport } from '../../shared/model/input-report.ts'
import { isSitemapIndex } from '../source/kinds/sitemap.ts'
import type { OpenedFile } from '../source/open-file.ts'
import type { Recognition } from '../source/recognise.ts'
import { estimateTasks } from './count-records.ts'
import { headContent } from './head-content.ts'
import { reportOf, sampleText } from './report.ts'
import { sampleSource } from './sample-source.ts'

/** Whether XML that begins like this is a sitemap and not any other document. */
export const isSitemap = (head: string): boolean => /<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s/>]/i.test(head)

const ANY = { column: null, field: null }

/** @param mostBytes How much of the file is read. @throws JobError where what was read is no sitemap. */
export async function inspectSitemap(
  path: string,
  file: OpenedFile,
  { recognition, mostBytes }: { readonly recognition: Recognition; readonly mostBytes: number },
): Promise<InputReport> {
  const { packing, encoding, evidence, head } = recognition
  const wanted = { options: ANY, records: Number.POSITIVE_INFINITY, bytes: mostBytes }
  const { records, isWhole } = await sampleSource({ path, file, recognition }, wanted)
  const isIndex = isSitemapIndex(head)
  const content = await headContent(path, file, packing, mostBytes)
  // An index says how many sitemaps there are, and nothing of how many URLs they have.
  const tasks = isIndex
    ? null
    : estimateTasks(records.length, { usedBytes: content.bytes.length }, { ...content, isWhole })
  return reportOf(path, {
    is: 'sitemap',
    suits: ['crawl'],
    format: 'xml',
    packing: packing?.kind ?? null,
    encoding: encoding.name.toLowerCase(),
    evidence: isIndex ? `an index of sitemaps, which are fetched when it is crawled; ${evidence}` : evidence,
    bytes: file.stats.size,
    tasks,
    first: records.slice(0, INPUT_SAMPLES).map(({ value }) => sampleText(value)),
  })
}
