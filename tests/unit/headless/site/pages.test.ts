import { describe, expect, it } from 'vitest'
import { DEFAULT_LAWS, linksOf } from '../../../../headless/site/laws.ts'
import { renderPage } from '../../../../headless/site/pages.ts'

describe('renderPage', () => {
  it.each([600, 1_024, 32_768, 300_000])('makes a page of exactly %d bytes', bytes => {
    const html = renderPage({ ...DEFAULT_LAWS, bytes: { law: 'fixed', value: bytes } }, 17, '')

    expect(Buffer.byteLength(html)).toBe(bytes)
    expect(html.endsWith('</ul></body></html>\n')).toBe(true)
  })

  it('has a title, a description and its links', () => {
    const html = renderPage(DEFAULT_LAWS, 17, '?latency=5&errors=0')

    const links = [...html.matchAll(/<a href="([^"]+)">/g)].map(([, link]) => link)
    expect(html).toContain('<title>Page 17</title>')
    expect(html).toContain(
      '<meta name="description" content="Page 17 has 1024 bytes and answers after 0 ms.">',
    )
    expect(links).toEqual(linksOf(DEFAULT_LAWS, 17).map(link => `/page/${link}?latency=5&amp;errors=0`))
  })

  it('leaves out links that its size has no room for, and is never less than its frame', () => {
    const html = renderPage({ ...DEFAULT_LAWS, bytes: { law: 'fixed', value: 10 } }, 17, '')

    expect(html).toContain('<title>Page 17</title>')
    expect(html).not.toContain('<a ')
  })

  it('keeps a hostile query inside its attribute', () => {
    const html = renderPage(DEFAULT_LAWS, 1, '?q="><script>')

    expect(html).not.toContain('<script>')
  })
})
