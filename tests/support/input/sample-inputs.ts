import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { defaultsOf } from '../../../shared/model/field-schema.ts'
import { cpuFields } from '../../../shared/model/fields/cpu.ts'
import { jobToText } from '../../../shared/model/job-file.ts'
import { JOB_SCHEMA } from '../../../shared/model/job.ts'
import { parallelismDefaultsOf } from '../../../shared/model/parallelism.ts'
import type { InputReport } from '../../../shared/model/input-report.ts'

/** One input as people have them, and what a report must say of it. */
export interface SampleInput {
  readonly title: string
  readonly name: string
  /** What is in the file, or how it comes into being. */
  readonly content: string | Uint8Array | ((path: string) => void)
  readonly expected: Partial<InputReport>
}

const URLS = 'https://a.example/1\nhttps://a.example/2\nhttps://a.example/3\n'
const CSV = 'id,url,title\n1,https://a.example/1,"x, y"\n2,https://a.example/2,"two\nlines"\n'
const exactly = (count: number) => ({ count, isEstimate: false })
const utf16 = (text: string, isBig: boolean): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return isBig ? bytes.swap16() : bytes
}
const SITEMAP =
  '<?xml version="1.0"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' +
  '<url><loc>https://a.example/1</loc></url><url><loc>https://a.example/2</loc></url></urlset>'
const INDEX =
  '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' +
  '<sitemap><loc>https://a.example/s1.xml</loc></sitemap></sitemapindex>'

/** `姓名,网址,备注` and two rows, as a spreadsheet in Chinese saves them. */
const GBK_CSV = Buffer.from(
  'd0d5c3fb2ccdf8d6b72cb1b8d7a20d0ad5c5c8fd2c68747470733a2f2f6578616d706c652e636f6d2f312cb1b1bea9cad0baa3b5edc7f8b5c4d2bbbcd2b9abcbbe0d0a' +
    'c0eecbc42c68747470733a2f2f6578616d706c652e636f6d2f322cc9cfbaa3cad0c6d6b6abd0c2c7f8b5c4b7d6b9abcbbe0d0a',
  'hex',
)

const LISTS: readonly SampleInput[] = [
  {
    title: 'a list of URLs',
    name: 'urls.txt',
    content: `# mine\n\n${URLS}`,
    expected: { is: 'list', suits: ['crawl', 'load'], format: 'lines', encoding: 'utf-8', tasks: exactly(3) },
  },
  {
    title: 'a list with a byte order mark and Windows line ends',
    name: 'mark.txt',
    content: `\ufeff${URLS.replaceAll('\n', '\r\n')}`,
    expected: { is: 'list', suits: ['crawl', 'load'], tasks: exactly(3) },
  },
  {
    title: 'a list in UTF-16',
    name: 'wide.txt',
    content: utf16(URLS, false),
    expected: { is: 'list', encoding: 'utf-16le', tasks: exactly(3) },
  },
  {
    title: 'a list in UTF-16, the high byte first',
    name: 'wide-be.txt',
    content: utf16(URLS, true),
    expected: { is: 'list', encoding: 'utf-16be', tasks: exactly(3) },
  },
  {
    title: 'a list without extension',
    name: 'urls',
    content: URLS,
    expected: { is: 'list', suits: ['crawl', 'load'], tasks: exactly(3) },
  },
  {
    title: 'a packed list',
    name: 'urls.txt.gz',
    content: gzipSync(URLS),
    expected: { is: 'list', packing: 'gz', tasks: exactly(3), first: URLS.trim().split('\n') },
  },
  {
    title: 'lines with a URL here and there',
    name: 'notes.txt',
    content: `hello\nworld\n${URLS.split('\n')[0]}\n`,
    expected: { is: 'records', suits: ['load', 'crawl'], tasks: exactly(3) },
  },
  {
    title: 'a sitemap',
    name: 'sitemap.xml',
    content: SITEMAP,
    expected: { is: 'sitemap', suits: ['crawl'], format: 'xml', tasks: exactly(2) },
  },
  {
    title: 'a packed sitemap',
    name: 'sitemap.xml.gz',
    content: gzipSync(SITEMAP),
    expected: { is: 'sitemap', packing: 'gz', tasks: exactly(2) },
  },
  {
    title: 'an index of sitemaps, of which nothing is fetched',
    name: 'index.xml',
    content: INDEX,
    expected: { is: 'sitemap', tasks: null, first: ['https://a.example/s1.xml'] },
  },
  {
    title: 'XML that is no sitemap',
    name: 'feed.xml',
    content: '<?xml version="1.0"?>\n<rss><channel/></rss>\n',
    expected: { is: 'records', suits: ['load'], format: 'lines', tasks: exactly(2) },
  },
]

const TABLES: readonly SampleInput[] = [
  {
    title: 'a table with a column of URLs',
    name: 'pages.csv',
    content: CSV,
    expected: {
      is: 'records',
      suits: ['crawl', 'load'],
      format: 'csv',
      fields: ['id', 'url', 'title'],
      urlField: 'url',
      tasks: exactly(2),
    },
  },
  {
    title: 'a table in GBK, from a spreadsheet',
    name: 'gbk.csv',
    content: GBK_CSV,
    expected: {
      suits: ['crawl', 'load'],
      encoding: 'gb18030',
      fields: ['姓名', '网址', '备注'],
      urlField: '网址',
      first: [
        '张三,https://example.com/1,北京市海淀区的一家公司',
        '李四,https://example.com/2,上海市浦东新区的分公司',
      ],
    },
  },
  {
    title: 'a table in which URLs are one thing among many',
    name: 'users.csv',
    content: 'id,name,mail,site\n1,Ann,a@a.example,https://a.example/\n2,Bo,b@b.example,\n',
    expected: { suits: ['load', 'crawl'], urlField: 'site' },
  },
  {
    title: 'a table without URLs, cells separated by semicolons',
    name: 'prices.csv',
    content: 'sku;price\na;1,5\nb;2,5\n',
    expected: { suits: ['load'], fields: ['sku', 'price'], urlField: null, tasks: exactly(2) },
  },
  {
    title: 'a table with a sep= line',
    name: 'excel.csv',
    content: 'sep=;\r\na;b\r\n1;2\r\n',
    expected: { fields: ['a', 'b'], tasks: exactly(1) },
  },
  {
    title: 'a table whose first row is data',
    name: 'bare.csv',
    content: 'https://a.example/1,x\nhttps://a.example/2,y\n',
    expected: { suits: ['crawl', 'load'], fields: null, urlField: null, tasks: exactly(2) },
  },
  {
    title: 'a table that names two columns alike',
    name: 'twice.csv',
    content: 'url,a,a\nhttps://a.example/1,1,2\n',
    expected: { is: 'records', suits: ['crawl'], format: 'csv', tasks: exactly(1) },
  },
  {
    title: 'a table separated by tabs, in Zstandard',
    name: 'rows.tsv.zst',
    content: zstdCompressSync(Buffer.from('a\tb\n1\t2\n')),
    expected: { format: 'tsv', packing: 'zst', fields: ['a', 'b'], first: ['1\t2'] },
  },
  {
    title: 'a table with a header row and nothing else',
    name: 'header.csv',
    content: 'a,b\n',
    expected: { suits: ['load'], fields: ['a', 'b'], tasks: exactly(0), first: [] },
  },
  {
    title: 'JSON Lines',
    name: 'events.jsonl',
    content: '{"id":1,"link":"https://a.example/"}\n\n{"id":2,"link":null}\n',
    expected: {
      format: 'jsonl',
      suits: ['crawl', 'load'],
      fields: ['id', 'link'],
      urlField: 'link',
      tasks: exactly(2),
    },
  },
  {
    title: 'rejects of a load',
    name: 'a.rejects.jsonl',
    content:
      '{"index":3,"line":4,"byteOffset":9,"byteLength":1,"code":"E_PARSE","message":"","rawBase64":"YQ=="}\n',
    expected: { is: 'records', format: 'rejects', suits: ['load'], tasks: exactly(1) },
  },
]

const ODD_FILES: readonly SampleInput[] = [
  {
    title: 'a saved job',
    name: 'primes.ilv.json',
    content: jobToText({
      schema: JOB_SCHEMA,
      kind: 'cpu',
      cpu: defaultsOf(cpuFields),
      parallelism: parallelismDefaultsOf('cpu'),
    }),
    expected: { is: 'job', suits: ['cpu'], format: 'json', evidence: 'a saved job: cpu, processes' },
  },
  {
    title: 'a saved job with something wrong in it',
    name: 'wrong.ilv.json',
    content: '{"schema":"interleave/job@1","kind":"brew"}',
    expected: {
      is: 'unreadable',
      failure: expect('E_CONFIG', 'job $.kind: expected one of crawl, load, cpu, found "brew"'),
    },
  },
  {
    title: 'an empty file',
    name: 'empty.txt',
    content: '',
    expected: { is: 'records', suits: ['load'], bytes: 0, tasks: exactly(0), first: [] },
  },
  {
    title: 'one line without an end',
    name: 'one.txt',
    content: 'just this',
    expected: { is: 'records', tasks: exactly(1), first: ['just this'] },
  },
  {
    title: 'one line that is longer than what is read',
    name: 'giant.txt',
    content: 'x'.repeat(3 * 2 ** 20),
    expected: { is: 'records', suits: ['load'], tasks: null, first: ['x'.repeat(300)] },
  },
  {
    title: 'a file of ten gibibytes',
    name: 'huge.txt',
    content: path => {
      writeFileSync(path, 'a line\n'.repeat(200_000))
      truncateSync(path, 10 * 2 ** 30)
    },
    expected: {
      is: 'records',
      bytes: 10 * 2 ** 30,
      tasks: { count: Math.round((10 * 2 ** 30) / 7), isEstimate: true },
    },
  },
  {
    title: 'lines with control characters',
    name: 'bell.txt',
    content: 'a\u0007b\u001b[31m\n',
    expected: { first: ['a\\u0007b\\u001b[31m'] },
  },
  {
    title: 'bytes that are no valid text',
    name: 'latin.txt',
    content: Buffer.from('caf\xe9\nth\xe9\n', 'latin1'),
    expected: { is: 'records', encoding: 'utf-8', first: ['caf\\xe9', 'th\\xe9'] },
  },
  {
    title: 'a picture',
    name: 'photo.txt',
    content: Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(64)]),
    expected: {
      is: 'unreadable',
      suits: [],
      failure: expect('E_CONFIG', '{} looks like a PNG image, not like text'),
    },
  },
  {
    title: 'a JSON array',
    name: 'all.json',
    content: '[{"a":1},{"a":2}]',
    expected: {
      is: 'unreadable',
      failure: expect(
        'E_CONFIG',
        '{} looks like one JSON array: write one object a line, as JSON Lines, or load its lines with --format lines',
      ),
    },
  },
  {
    title: 'an archive that was cut',
    name: 'cut.csv.gz',
    content: gzipSync(`a,b\n${'1,2\n'.repeat(1_000)}`).subarray(0, -10),
    expected: { is: 'unreadable', suits: [], format: 'csv', packing: 'gz', tasks: null },
  },
]

const NO_FILES: readonly SampleInput[] = [
  {
    title: 'a folder',
    name: 'folder',
    content: path => {
      for (const folder of ['', 'b', '.hidden', 'empty']) mkdirSync(join(path, folder))
      for (const name of [
        'part-10.csv',
        'part-2.csv',
        'b/list',
        'photo.png',
        '.secret',
        '.hidden/x.txt',
        'void.txt',
      ])
        writeFileSync(
          join(path, name),
          name === 'photo.png' ? Buffer.from('89504e470d0a1a0a', 'hex') : name === 'void.txt' ? '' : 'a,b\n',
        )
      symlinkSync(path, join(path, 'b/again'))
      symlinkSync(join(path, 'nowhere'), join(path, 'broken.csv'))
    },
    expected: { is: 'folder', suits: [], files: ['b/list', 'part-2.csv', 'part-10.csv'] },
  },
  {
    title: 'a pipe that nobody writes to',
    name: 'pipe.txt',
    content: path => void execFileSync('mkfifo', [path]),
    expected: {
      is: 'unreadable',
      failure: expect('E_NOT_A_FILE', '{} is a pipe; give a file, or - to read standard input'),
    },
  },
  {
    title: 'a link that leads to itself',
    name: 'circle.txt',
    content: path => symlinkSync(path, path),
    expected: {
      is: 'unreadable',
      failure: expect('E_SRC_IO', 'cannot read {}: its symbolic links go in a circle'),
    },
  },
  {
    title: 'nothing at all',
    name: 'missing.txt',
    content: () => undefined,
    expected: { is: 'unreadable', failure: expect('E_SRC_IO', 'cannot read {}: there is no such file') },
  },
]

/** @param message With `{}` for the path of the sample. */
function expect(code: NonNullable<InputReport['failure']>['code'], message: string): InputReport['failure'] {
  return { code, message, retryable: false }
}

export const SAMPLE_INPUTS: readonly SampleInput[] = [...LISTS, ...TABLES, ...ODD_FILES, ...NO_FILES]
