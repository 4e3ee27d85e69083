import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { previewCrawl, PREVIEW_REQUESTS } from '../../../../engine/input/crawl-preview.ts'
import { defaultsOf } from '../../../../shared/model/field-schema.ts'
import { crawlFields, type CrawlOptions } from '../../../../shared/model/fields/crawl.ts'
import { JOB_SCHEMA } from '../../../../shared/model/job.ts'
import { parallelismDefaultsOf } from '../../../../shared/model/parallelism.ts'
import { ExecutorHarness } from '../../../support/executor-harness.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

async function preview(inputs: readonly string[], options: Partial<CrawlOptions> = {}) {
  const crawl = { ...defaultsOf(crawlFields), ...options }
  const parallelism = parallelismDefaultsOf('crawl')
  return (await previewCrawl({ schema: JOB_SCHEMA, kind: 'crawl', inputs, crawl, parallelism })).requests
}

/** @returns The lines of the request that the executor really sends, its method and path first. */
async function sentLines(options: Partial<CrawlOptions>): Promise<{ url: string; lines: string[] }> {
  let received = ''
  const server = createServer(socket => {
    socket.on('data', chunk => {
      received += chunk.toString('latin1')
      if (received.includes('\r\n\r\n')) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await using harness = new ExecutorHarness({ options })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a?b=c`
    await harness.one(`${url}#part`)
    return { url, lines: received.trimEnd().split('\r\n') }
  } finally {
    server.close()
  }
}

describe('a preview of a crawl', () => {
  it.each<[string, Partial<CrawlOptions>, string[]]>([
    ['nothing was chosen', {}, []],
    ['a user agent was named', { userAgent: 'Mine/2' }, []],
    ['it only asks for heads', { method: 'HEAD' }, []],
    [
      'headers were given',
      { headers: ['X-Key: s3cret', 'accept: text/html'], userAgent: 'Mine/2' },
      ['x-key'],
    ],
    ['a host was given', { headers: ['Host: inner.example'] }, []],
  ])('has what is sent when %s, but no value that may be a secret', async (_, options, secret) => {
    const { url, lines } = await sentLines(options)
    const [first, ...headers] = lines
    const [request] = await preview([`${url}#part`], options)
    expect(request).toEqual({
      index: 0,
      method: first?.split(' ')[0],
      url,
      headers: headers.map(line => {
        const name = line.slice(0, line.indexOf(':'))
        return secret.includes(name) ? `${name}: …` : line
      }),
      refusal: null,
    })
    expect(JSON.stringify(request)).not.toMatch(/s3cret/)
  })

  it('says which would be refused, and why', async () => {
    const list = folder.write(
      'bad.txt',
      'not a url\nftp://a.example/\nhttp://u:p4ss@a.example/\nhttp://a.example/\n',
    )
    const requests = await preview([list])
    expect(requests.map(({ url, headers, refusal }) => [url, headers.length > 0, refusal?.code])).toEqual([
      ['not a url', false, 'E_URL_INVALID'],
      ['ftp://a.example/', false, 'E_SCHEME_BLOCKED'],
      ['http://***@a.example/', false, 'E_URL_INVALID'],
      ['http://a.example/', true, undefined],
    ])
    expect(JSON.stringify(requests)).not.toContain('p4ss')
  })

  it('counts through its inputs, and takes URLs from where the job says', async () => {
    const table = folder.write(
      'a.csv.gz',
      gzipSync('n,home,page\n1,http://h/1,http://p/1\n2,http://h/2,http://p/2\n'),
    )
    const requests = await preview(['http://first.example/', table], { column: 'page' })
    expect(requests.map(({ index, url }) => [index, url])).toEqual([
      [0, 'http://first.example/'],
      [1, 'http://p/1'],
      [2, 'http://p/2'],
    ])
  })

  it('marks what --unique leaves out', async () => {
    const requests = await preview(['http://a/', 'http://A/#x', 'http://b/'], { unique: true })
    expect(requests.map(({ refusal }) => refusal?.code)).toEqual([undefined, 'E_DUPLICATE', undefined])
  })

  it('is no longer than twenty, however long the list', async () => {
    const lines = Array.from({ length: 400_000 }, (_, at) => `http://a/${at}\n`)
    const requests = await preview([folder.write('long.txt', lines.join('')), 'http://never/'])
    expect(requests).toHaveLength(PREVIEW_REQUESTS)
    expect(requests.at(-1)).toMatchObject({ index: 19, url: 'http://a/19' })
  })

  it('ends before what only reading or fetching would tell', async () => {
    for (const input of ['-', 'http://a.example/sitemap.xml'])
      expect(await preview(['http://a/', input, 'http://b/'])).toHaveLength(1)
    const sparse = folder.write('sparse.txt', `http://a/\n${'#\n'.repeat(600_000)}http://b/\n`)
    expect(await preview([sparse, 'http://c/'])).toHaveLength(1)
  })

  it('says what the crawl would say of inputs and options', async () => {
    const refused: [input: string, options: Partial<CrawlOptions>, code: string][] = [
      [folder.write('x.csv', 'a,b\n1,2\n'), {}, 'E_CONFIG'],
      ['/nowhere/a.txt', {}, 'E_SRC_IO'],
      [folder.path, {}, 'E_NOT_A_FILE'],
      ['http://a/', { headers: ['content-length: 3'] }, 'E_CONFIG'],
    ]
    for (const [input, options, code] of refused)
      await expect(preview([input], options)).rejects.toMatchObject({ code })
  })
})
