import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReaderSetup } from '../../../engine/source/reader-protocol.ts'
import { readInputs, setupOf } from '../../support/source/read-inputs.ts'
import { useTemporaryFolder } from '../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

type Answer = (request: IncomingMessage, response: ServerResponse) => void

class Site {
  readonly answers = new Map<string, Answer>()
  readonly requests: IncomingMessage[] = []
  readonly #server: Server = createServer((request, response) => {
    this.requests.push(request)
    const answer = this.answers.get(request.url ?? '')
    if (answer === undefined) response.writeHead(404).end()
    else answer(request, response)
  })

  async start(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  serve(path: string, body: string | Buffer, headers: Record<string, string> = {}): void {
    this.answers.set(path, (_request, response) => response.writeHead(200, headers).end(body))
  }
}

const site = new Site()
const other = new Site()
beforeAll(async () => {
  await site.start()
  await other.start()
})
afterAll(async () => {
  await site.stop()
  await other.stop()
})

const urlset = (...urls: string[]): string =>
  `<urlset>${urls.map(url => `<url><loc>${url}</loc></url>`).join('')}</urlset>`
const index = (...urls: string[]): string =>
  `<sitemapindex>${urls.map(url => `<sitemap><loc>${url}</loc></sitemap>`).join('')}</sitemapindex>`
const access = {
  timeoutMs: 10_000,
  userAgent: 'test/1',
  privateNetwork: false,
  insecure: false,
  headers: ['X-Token: secret'],
}
let reads = 0
const read = (path: string, changes: Partial<ReaderSetup> = {}) => {
  const spoolPath = `${folder.path}/spool-${(reads += 1)}`
  return readInputs(setupOf([site.origin + path], { sitemap: access, spoolPath, ...changes }))
}

describe('a sitemap given as URL', () => {
  it('is fetched with the headers of the job and feeds its URLs', async () => {
    site.serve('/sitemap.xml', urlset(`${site.origin}/a`, 'nonsense', `${site.origin}/b`))
    const reading = await read('/sitemap.xml')
    expect(reading.urls).toEqual([`${site.origin}/a`, 'nonsense', `${site.origin}/b`])
    expect(reading.of('input')[0]).toMatchObject({ kind: 'sitemap', isReplayable: true, fingerprint: null })
    expect(reading.last).toMatchObject({ type: 'end', total: 3 })
    expect(site.requests.at(-1)?.headers).toMatchObject({
      'user-agent': 'test/1',
      'x-token': 'secret',
      'accept-encoding': 'gzip',
    })
  })

  it.each([
    ['a .gz file', {}, gzipSync(urlset('http://example.com/'))],
    ['a content encoding', { 'content-encoding': 'gzip' }, gzipSync(urlset('http://example.com/'))],
    ['both', { 'content-encoding': 'gzip' }, gzipSync(gzipSync(urlset('http://example.com/')))],
  ])('is unpacked when it is packed as %s', async (_name, headers, body) => {
    site.serve('/sitemap.xml.gz', body, headers)
    expect((await read('/sitemap.xml.gz', { sitemap: { ...access, privateNetwork: true } })).urls).toEqual([
      'http://example.com/',
    ])
  })

  it('leads into no other private address, unless the job allows it', async () => {
    const before = other.requests.length
    const named = [
      `${site.origin}/ok`,
      `${other.origin}/x`,
      'http://localhost/',
      'http://[::1]/',
      'http://169.254.169.254/latest',
    ]
    site.serve('/sitemap.xml', urlset(...named))
    expect((await read('/sitemap.xml')).urls).toEqual([named[0], ...Array<string>(4).fill('E_ADDR_BLOCKED')])
    expect((await read('/sitemap.xml')).records[1]?.refusal).toMatchObject({ isSkip: true })
    expect((await read('/sitemap.xml', { sitemap: { ...access, privateNetwork: true } })).urls).toEqual(named)

    site.serve('/sitemap.xml', index(`${other.origin}/sitemap.xml`))
    expect((await read('/sitemap.xml')).urls).toEqual(['E_ADDR_BLOCKED'])
    expect(other.requests.length).toBe(before)
  })

  it('follows redirects within the host, and to no blocked place', async () => {
    const redirect =
      (to: string): Answer =>
      (_request, response) =>
        void response.writeHead(302, { location: to }).end()
    site.serve('/real.xml', urlset(`${site.origin}/a`))
    site.answers.set('/sitemap.xml', redirect('/real.xml'))
    expect((await read('/sitemap.xml')).urls).toEqual([`${site.origin}/a`])

    for (const [to, code] of [
      ['file:///etc/passwd', 'E_SCHEME_BLOCKED'],
      [`${other.origin}/sitemap.xml`, 'E_ADDR_BLOCKED'],
      ['/sitemap.xml', 'E_REDIRECT_LIMIT'],
    ] as const) {
      site.answers.set('/sitemap.xml', redirect(to))
      expect((await read('/sitemap.xml')).last).toMatchObject({ type: 'failed', code })
    }
  })

  it('sends the headers of the job to no other host', async () => {
    site.answers.set(
      '/sitemap.xml',
      (_request, response) => void response.writeHead(302, { location: `${other.origin}/real.xml` }).end(),
    )
    other.serve('/real.xml', urlset('http://example.com/'))
    await read('/sitemap.xml', { sitemap: { ...access, privateNetwork: true } })
    expect(other.requests.at(-1)?.headers).toMatchObject({ 'user-agent': 'test/1' })
    expect(other.requests.at(-1)?.headers['x-token']).toBeUndefined()
  })

  it('ends the run with the code of what went wrong', async () => {
    site.answers.delete('/sitemap.xml')
    expect((await read('/sitemap.xml')).last).toMatchObject({ type: 'failed', code: 'E_HTTP_STATUS' })
    site.serve('/sitemap.xml', '<!doctype html><html><body>soft 404</body></html>')
    expect((await read('/sitemap.xml')).last).toMatchObject({ type: 'failed', code: 'E_PARSE' })
    site.answers.set('/sitemap.xml', request => request.socket.destroy())
    expect((await read('/sitemap.xml')).last).toMatchObject({ type: 'failed', code: 'E_CONNECT' })
    site.answers.set('/sitemap.xml', () => undefined)
    const slow = await read('/sitemap.xml', { sitemap: { ...access, timeoutMs: 50 } })
    expect(slow.last).toMatchObject({ type: 'failed', code: 'E_TIMEOUT_TOTAL' })
  })

  it('is the same at a resume, whatever the server says by then', async () => {
    const spoolPath = `${folder.path}/spool`
    site.serve('/sitemap.xml', urlset(`${site.origin}/a`, `${other.origin}/b`))
    const first = await read('/sitemap.xml', { spoolPath })
    site.answers.delete('/sitemap.xml')
    const again = await read('/sitemap.xml', { spoolPath, fingerprints: [null] })
    expect([again.records, again.last]).toEqual([first.records, first.last])
  })

  it('is refused at a resume when only a part of it was copied', async () => {
    const spoolPath = `${folder.path}/partial`
    site.serve('/sitemap.xml', `${urlset(`${site.origin}/a`)}<rest>`)
    expect((await read('/sitemap.xml', { spoolPath })).last).toMatchObject({ code: 'E_PARSE' })
    site.serve('/sitemap.xml', urlset(`${site.origin}/b`))
    expect((await read('/sitemap.xml', { spoolPath, fingerprints: [null] })).messages).toMatchObject([
      {
        code: 'E_NOT_RESUMABLE',
        message: expect.stringContaining('/sitemap.xml was copied (1 record was)'),
      },
    ])
  })

  it('is fetched anew at a resume when nothing of it was handed on', async () => {
    const spoolPath = `${folder.path}/nothing`
    site.answers.delete('/sitemap.xml')
    expect((await read('/sitemap.xml', { spoolPath })).last).toMatchObject({ code: 'E_HTTP_STATUS' })
    site.serve('/sitemap.xml', urlset(`${site.origin}/b`))
    const again = await read('/sitemap.xml', { spoolPath, fingerprints: [null] })
    expect(again.urls).toEqual([`${site.origin}/b`])
  })
})

describe('a sitemap file', () => {
  it('counts as typed by the user, and what its index names does not', async () => {
    site.serve('/child.xml', urlset(`${site.origin}/a`, `${other.origin}/b`))
    const typed = await readInputs(
      setupOf([folder.write('a.xml', urlset(`${site.origin}/x`))], { sitemap: access }),
    )
    expect(typed.urls).toEqual([`${site.origin}/x`])
    const spoolPath = `${folder.path}/walked`
    const setup = setupOf([folder.write('b.xml', index(`${site.origin}/child.xml`))], {
      sitemap: access,
      spoolPath,
    })
    const walked = await readInputs(setup)
    expect(walked.urls).toEqual([`${site.origin}/a`, 'E_ADDR_BLOCKED'])

    // What its index names was fetched, so it may be another by now.
    site.serve('/child.xml', urlset(`${site.origin}/b`))
    const fingerprints = walked.of('input').map(({ fingerprint }) => fingerprint)
    expect((await readInputs({ ...setup, fingerprints })).records).toEqual(walked.records)
  })
})
