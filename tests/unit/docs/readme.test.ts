import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

import { DEFAULT_LIMITS } from '../../../engine/executor/http/limits.ts'
import { COLUMNS } from '../../../engine/load/csv-fields.ts'
import { ARGUMENT_BYTES } from '../../../engine/load/template.ts'
import {
  BOMB_FLOOR_BYTES,
  BOMB_RATIO,
  CSV_RECORD_BYTES,
  RECORD_BYTES,
  SITEMAP_BYTES,
  SITEMAP_DEPTH,
  URL_BYTES,
} from '../../../engine/source/limits.ts'
import { groupDigits } from '../../../shared/locales/translate.ts'
import { formatDuration } from '../../../shared/model/duration.ts'
import { crawlFields } from '../../../shared/model/fields/crawl.ts'
import { loadFields } from '../../../shared/model/fields/load.ts'
import { JOB_FILE_BYTES } from '../../../shared/model/job-file.ts'
import { WORKERS_LIMIT } from '../../../shared/model/parallelism.ts'
import { formatSize } from '../../../shared/model/size.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

const { timeoutMs, maxBodyBytes, retries } = crawlFields
const { headerBytes, headerFields, robotsBytes, robotsRedirects, retryBaseMs, retryMaxMs } = DEFAULT_LIMITS
const retryWaits = `${formatDuration(retryBaseMs)}, ${formatDuration(retryMaxMs)}`

/** Rows of the table, as the README must have them: label and default. */
const LIMITS: readonly (readonly [label: string, value: string])[] = [
  ['total time of one attempt', formatDuration(timeoutMs.default)],
  ['connecting, name and TLS included', formatDuration(DEFAULT_LIMITS.connectMs)],
  ['response header, however it drips', formatDuration(DEFAULT_LIMITS.headersMs)],
  ['silence inside a body', formatDuration(DEFAULT_LIMITS.idleMs)],
  [
    `rate of a body, over ${formatDuration(DEFAULT_LIMITS.rateWindowMs)}`,
    `${formatSize(DEFAULT_LIMITS.minBytesPerSec)}/s`,
  ],
  ['body on the wire', formatSize(maxBodyBytes.default)],
  ['body decoded', formatSize(maxBodyBytes.default * DEFAULT_LIMITS.decodedRatio)],
  ['encodings of a body', String(DEFAULT_LIMITS.encodings)],
  ['response header', `${formatSize(headerBytes)}, ${headerFields} fields`],
  ['interim responses', String(DEFAULT_LIMITS.interimResponses)],
  ['redirects', String(DEFAULT_LIMITS.redirects)],
  ['retries, first wait, longest wait', `${retries.default}, ${retryWaits}`],
  ['`Retry-After` that is waited for', formatDuration(DEFAULT_LIMITS.retryAfterMaxMs)],
  ['robots.txt', `${robotsBytes / 1_024}KiB, ${robotsRedirects} redirects`],
  ['links counted on a page', groupDigits(DEFAULT_LIMITS.links)],
  ['URL', formatSize(URL_BYTES)],
  ['line or record', formatSize(RECORD_BYTES)],
  ['CSV row of a list to crawl', formatSize(CSV_RECORD_BYTES)],
  ['cells of a row of a load', groupDigits(COLUMNS)],
  ['argument that a template makes', formatSize(ARGUMENT_BYTES)],
  ['rejected records', loadFields.maxRejects.default],
  [`archive: growth, after ${formatSize(BOMB_FLOOR_BYTES)}`, `${groupDigits(BOMB_RATIO)} times`],
  ['sitemap', `${formatSize(SITEMAP_BYTES)}, ${SITEMAP_DEPTH} deep`],
  ['workers, P × T', groupDigits(WORKERS_LIMIT)],
  ['job file', formatSize(JOB_FILE_BYTES)],
]

describe('README.md', () => {
  const page = textOf('README.md')

  it.each(LIMITS)('states the limit "%s" as the code has it', (label, value) => {
    expect(page).toContain(`| ${label} | ${value} |`)
  })
})

describe('the documents', () => {
  const files = globSync(['*.md', 'docs/**/*.md', 'bench/*.md', 'chaos/*.md'], { cwd: root })

  it.each(files)('%s links to files that exist', file => {
    const targets = [...textOf(file).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(match => match[1]!)
    const missing = targets
      .filter(target => !/^[a-z]+:/.test(target))
      .filter(target => !existsSync(join(root, dirname(file), target)))
    expect(missing).toEqual([])
  })
})
