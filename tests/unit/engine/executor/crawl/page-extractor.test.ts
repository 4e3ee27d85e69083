import { describe, expect, it } from 'vitest'
import { PageExtractor } from '../../../../../engine/executor/crawl/page-extractor.ts'
import { DEFAULT_LIMITS } from '../../../../../engine/executor/http/limits.ts'

const ALL = { title: true, links: true, meta: true }

function extract(chunks: readonly string[], wishes = ALL, limits = DEFAULT_LIMITS) {
  const extractor = new PageExtractor(wishes, limits)
  extractor.begin()
  for (const chunk of chunks) extractor.write(chunk, 0)
  extractor.end()
  return { title: extractor.title, links: extractor.links, meta: Object.fromEntries(extractor.meta) }
}

const PAGE =
  '<head><title>One &amp; <b>two</b></title><meta name=a content="x&quot;y"><meta content=z property=B></head>' +
  '<body><svg><title>icon</title><a href="#"/></svg><a href="/1">1</a><area href=2><script>"<a href=3>"</script></body>'

describe('PageExtractor', () => {
  it('finds the same wherever the page is cut', () => {
    const whole = extract([PAGE])
    expect(whole).toEqual({ title: 'One & <b>two</b>', links: 3, meta: { a: 'x"y', b: 'z' } })
    expect(extract([...PAGE])).toEqual(whole)
    for (let at = 1; at < PAGE.length; at += 7)
      expect(extract([PAGE.slice(0, at), PAGE.slice(at)])).toEqual(whole)
  })

  it('keeps the first title and the first of each meta name', () => {
    const page =
      '<title>a</title><title>b</title><meta name=n content=1><meta name=N content=2><meta name=__proto__ content=3>'
    const { title, meta } = extract([page])
    expect([title, JSON.stringify(meta)]).toEqual(['a', '{"n":"1","__proto__":"3"}'])
  })

  it('serves page after page without a trace of the last', () => {
    const extractor = new PageExtractor(ALL, DEFAULT_LIMITS)
    for (const page of ['<title>a</title><svg><a href=1>', '<title>unfinished', '<a href=1>']) {
      extractor.begin()
      extractor.write(page, 0)
      extractor.end()
    }
    expect([extractor.title, extractor.links, extractor.meta.size]).toEqual([null, 1, 0])
  })

  it('stops once everything wished is found, and when the time of a page is used up', () => {
    const titles = new PageExtractor({ title: true, links: false, meta: false }, DEFAULT_LIMITS)
    titles.begin()
    titles.write('<title>a</title>', 0)
    const links = new PageExtractor(ALL, DEFAULT_LIMITS)
    links.begin()
    links.write('<a href=1>', 0)
    links.write('<a href=1>', DEFAULT_LIMITS.parseMs + 1)

    expect([titles.isDone, links.isDone, links.links]).toEqual([true, true, 1])
  })

  it('bounds what it keeps', () => {
    const metas = Array.from(
      { length: 100 },
      (_, at) => `<meta name=m${at} content="${'c'.repeat(5_000)}">`,
    ).join('')
    const { title, links, meta } = extract([
      `<title>${'t'.repeat(9_999)}</title>${metas}${'<a href=1>'.repeat(9_999)}`,
    ])

    expect([title!.length, links, Object.keys(meta).length, meta['m0']!.length]).toEqual([
      1_024, 5_000, 64, 1_024,
    ])
  })
})
