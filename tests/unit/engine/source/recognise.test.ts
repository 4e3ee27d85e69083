import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { formOf, recognise } from '../../../../engine/source/recognise.ts'
import type { SourceOptions } from '../../../../engine/source/source.ts'

describe('formOf', () => {
  it.each([
    ['-', 'stdin'],
    ['http://example.com/', 'url'],
    ['HTTP:/\\evil', 'url'],
    ['ftp://example.com/list.txt', 'url'],
    ['file:///etc/passwd', 'url'],
    ['https://example.com/sitemap.xml', 'sitemap'],
    ['https://example.com/Sitemap_index.xml.gz?x=1', 'sitemap'],
    ['https://example.com/sitemaps/news.xml', 'sitemap'],
    ['https://example.com/feed.xml', 'url'],
    ['ftp://example.com/sitemap.xml', 'url'],
    ['/lists/sitemap.xml', 'path'],
    ['C:\\lists\\urls.txt', 'path'],
    ['--weird', 'path'],
    ['', 'path'],
  ])('takes %j for a %s', (input, form) => {
    expect(formOf(input)).toBe(form)
  })
})

const NO_OPTIONS: SourceOptions = { column: null, field: null }

/** @returns Kind, packing and encoding, or the sentence that refuses. */
async function kindOf(
  name: string,
  head: string | Buffer,
  options: Partial<SourceOptions> = {},
): Promise<string> {
  try {
    const { source, packing, encoding } = await recognise(name, Buffer.from(head as string), {
      ...NO_OPTIONS,
      ...options,
    })
    return [source.kind, packing?.kind, encoding.name === 'UTF-8' ? undefined : encoding.name]
      .filter(Boolean)
      .join(' ')
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`
  }
}

describe('recognise', () => {
  it.each([
    ['list', 'a.txt', 'http://a/'],
    ['list', 'urls', 'http://a/'],
    ['csv', 'a.csv', 'url\nhttp://a/'],
    ['csv', 'a.csv', '{"x",1}\n'],
    ['tsv', 'A.TSV', 'url\tx'],
    ['jsonl', 'a.jsonl', 'no json'],
    ['jsonl', 'a.txt', '{"url":"http://a/"}\n'],
    ['sitemap', 'a.txt', '<?xml version="1.0"?><urlset>'],
    ['sitemap', 'a.csv', '\n <urlset xmlns="x">'],
    ['list', 'a.xml', 'http://a/'],
    ['sitemap gz', 'a.xml.gz', gzipSync('<urlset></urlset>')],
    ['csv zst', 'a.csv.zst', zstdCompressSync(Buffer.from('url\nhttp://a/'))],
    ['list gz', 'a.txt', gzipSync('http://a/')],
    ['list', 'a.gz', 'http://a/'],
    ['list UTF-16LE', 'a.txt', Buffer.from('\ufeffhttp://a/', 'utf16le')],
    ['list', 'a.txt', '\ufeffhttp://a/'],
    ['list', 'a.txt', ''],
    ['list', 'a.txt', 'http://h/a\0b\n'],
    ['list', 'a.txt', Buffer.from('http://h/caf\xe9\n', 'latin1')],
  ])('recognises %s in %s', async (kind, name, head) => {
    expect(await kindOf(name, head)).toBe(kind)
  })

  it('takes what nothing else tells as a table or as JSON where the job names a column or a field', async () => {
    expect(await kindOf('x', 'a,b', { column: 'b' })).toBe('csv')
    expect(await kindOf('x', 'a,b', { field: 'b' })).toBe('jsonl')
    expect(await kindOf('x.csv', 'a,b', { field: 'b' })).toBe('csv')
    expect(await kindOf('x.txt', 'a,b', { column: 'b' })).toBe('csv')
    expect(await kindOf('x.txt', 'a', { column: 'b', field: 'b' })).toBe('list')
  })

  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0])
  it.each([
    ['a PNG image', 'a.txt', png],
    ['an SQLite database', 'a.csv', Buffer.from('SQLite format 3\0rest')],
    ['a ZIP archive (or an office document)', 'a.jsonl', Buffer.from('PK\x03\x04rest')],
    ['a program', 'a.txt', Buffer.from([0x7f, 0x45, 0x4c, 0x46])],
    ['binary data', 'a.txt', Buffer.from([1, 2, 0, 0xff, 0xfe, 9])],
    ['binary data', 'a.txt', Buffer.alloc(100)],
    [
      'UTF-16 text without a byte order mark (save it as UTF-8)',
      'a.txt',
      Buffer.from('http://a/', 'utf16le'),
    ],
    ['a gzip archive inside an archive (unpack it once)', 'a.gz', gzipSync(gzipSync('http://a/'))],
    ['a PNG image', 'a.gz', gzipSync(png)],
    ['an HTML page', 'a.txt', '<!DOCTYPE html><html>'],
    ['one JSON array (write one object a line, as JSON Lines)', 'a.json', '[\n{"url":"http://a/"}]'],
    ['one JSON document (write one object a line, as JSON Lines)', 'a.json', '{\n "url":"http://a/"}'],
  ])('refuses %s', async (what, name, head) => {
    expect(await kindOf(name, head)).toBe(`E_CONFIG: ${name} looks like ${what}, not like a list of URLs`)
  })
})
