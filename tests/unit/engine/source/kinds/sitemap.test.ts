import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JobError } from '../../../../../shared/model/error.ts'
import { sitemap } from '../../../../../engine/source/kinds/sitemap.ts'
import type { SitemapAccess } from '../../../../../engine/source/source.ts'
import { parseWith } from '../../../../support/source/parse.ts'

const urlset = (...urls: string[]): string =>
  `<?xml version="1.0"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.map(url => `<url><loc>${url}</loc></url>\n`).join('')}</urlset>`
const index = (...urls: string[]): string =>
  `<sitemapindex>${urls.map(url => `<sitemap><loc>${url}</loc></sitemap>`).join('')}</sitemapindex>`

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}

/** Serves `files` and blocks every URL that contains `private`. */
function serve(files: Record<string, string>, fetched: string[] = []): SitemapAccess {
  return {
    origin: null,
    fetch: async url => {
      fetched.push(url)
      const file = files[url]
      if (file === undefined) throw new JobError('E_HTTP_STATUS', `${url} answered with status 404`)
      return once(file)
    },
    refusalOf: async url =>
      url.includes('private') ? { code: 'E_ADDR_BLOCKED', message: 'blocked', isSkip: true } : null,
  }
}

describe('sitemap', () => {
  it('takes the location of each url, and no other one', async () => {
    const content = `\ufeff<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE urlset><!-- c -->
      <sm:urlset xmlns:sm="x" xmlns:image="y">
        <sm:url><sm:loc> http://a/?x=1&amp;y=2 </sm:loc><image:image><image:loc>http://no/</image:loc></image:image></sm:url>
        <sm:url><sm:loc><![CDATA[http://b/&é]]></sm:loc><loc>http://no/</loc></sm:url>
        <sm:url><sm:loc/></sm:url>
      </sm:urlset>`
    for (const chunkBytes of [1, 7, 10_000])
      expect((await parseWith(sitemap, content, { chunkBytes })).urls).toEqual([
        'http://a/?x=1&y=2',
        'http://b/&é',
      ])
  })

  it('gives each URL its line', async () => {
    expect(
      (await parseWith(sitemap, urlset('http://a/', 'http://b/'), { chunkBytes: 5 })).records.map(
        ({ line }) => line,
      ),
    ).toEqual([3, 4])
  })

  it.each([
    ['another root', '<rss><url><loc>http://a/</loc></url></rss>', '<rss>'],
    ['broken markup', '<urlset><url></urlset>', 'unexpected close tag'],
    ['no markup', '<?xml version="1.0"?>', 'document must contain a root element'],
    [
      'another encoding',
      Buffer.from('<urlset><url><loc>http://a/\xe9</loc></url></urlset>', 'latin1'),
      'not valid UTF-8',
    ],
    [
      'entities of its own',
      '<!DOCTYPE urlset [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>',
      'undefined entity',
    ],
    ['endless text', `<urlset>${'x'.repeat(3 * 2 ** 20)}`, 'nothing but text'],
    ['endless depth', '<urlset>'.repeat(200), 'more than 100 deep'],
  ])('refuses %s', async (_name, content, problem) => {
    const { failure } = await parseWith(sitemap, content)
    expect(failure).toMatchObject({ code: 'E_PARSE', message: expect.stringContaining(problem) })
  })

  it('hands on what came before an error', async () => {
    const { urls, failure } = await parseWith(
      sitemap,
      urlset('http://a/', 'http://b/').replace('</urlset>', '<url>'),
    )
    expect([urls, failure?.code]).toEqual([['http://a/', 'http://b/'], 'E_PARSE'])
  })

  it('walks through indexes, each sitemap once', async () => {
    const files = {
      'http://x/1.xml': urlset('http://a/'),
      'http://x/2.xml': index('http://x/3.xml', 'http://x/1.xml', 'http://x/2.xml'),
      'http://x/3.xml': urlset('http://b/', 'http://private/'),
    }
    const fetched: string[] = []
    const { urls } = await parseWith(sitemap, index('http://x/1.xml', 'http://x/2.xml'), {
      sitemaps: serve(files, fetched),
    })
    expect(urls).toEqual(['http://a/', 'http://b/', 'E_ADDR_BLOCKED'])
    expect(fetched).toEqual(['http://x/1.xml', 'http://x/2.xml', 'http://x/3.xml'])
  })

  it('makes a failed task of a sitemap that cannot be read, and goes on', async () => {
    const files = { 'http://x/2.xml': 'no xml', 'http://x/3.xml': urlset('http://a/') }
    const names = ['http://x/1.xml', 'http://x/2.xml', 'http://x/3.xml']
    const { records, failure } = await parseWith(sitemap, index(...names), { sitemaps: serve(files) })
    expect([records.map(({ value, refusal }) => [value, refusal?.code ?? null]), failure]).toEqual([
      [
        ['http://x/1.xml', 'E_HTTP_STATUS'],
        ['http://x/2.xml', 'E_PARSE'],
        ['http://a/', null],
      ],
      null,
    ])
  })

  it('follows indexes five deep and no deeper', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 10 }, (_, at) => [`http://x/${at}`, index(`http://x/${at + 1}`)]),
    )
    const fetched: string[] = []
    const { records } = await parseWith(sitemap, index('http://x/0'), { sitemaps: serve(files, fetched) })
    expect(fetched.length).toBe(5)
    expect(records).toMatchObject([{ value: 'http://x/5', refusal: { code: 'E_LIMIT' } }])
  })

  it('gives back any locations, however the bytes come', async () => {
    const location = fc
      .string({
        unit: fc.constantFrom('a', '/', '&', '<', '>', '"', "'", ']', 'é', '汉', '😀'),
        minLength: 1,
        maxLength: 12,
      })
      .map(text => `http://h/${text}`)
    const escaped = (text: string): string =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    await fc.assert(
      fc.asyncProperty(
        fc.array(location, { maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        async (urls, chunkBytes) => {
          const { urls: found, failure } = await parseWith(sitemap, urlset(...urls.map(escaped)), {
            chunkBytes,
          })
          expect([failure, found]).toEqual([null, urls])
        },
      ),
    )
  })

  it('never does worse than refuse what is no sitemap', async () => {
    const whole = Buffer.from(urlset('http://a/', 'http://b/?x=1&amp;y=2', 'http://c/é'))
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
          fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
            const changed = Buffer.from(whole)
            changed[at] = byte
            return changed
          }),
          fc.nat(whole.length).map(length => whole.subarray(0, length)),
        ),
        fc.integer({ min: 1, max: 64 }),
        async (bytes, chunkBytes) => {
          const { failure } = await parseWith(sitemap, bytes, { chunkBytes })
          if (failure !== null)
            expect(failure.code).toMatch(/^E_(PARSE|ENCODING|LIMIT|LINE_TOO_LONG|NOT_A_FILE|SCHEMA)$/)
        },
      ),
    )
  })
})
