import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { fetchLog, forkTestSite, startSite } from '../support/site.ts'

const statuses = async (urls: readonly string[]): Promise<number[]> => {
  const responses = await Promise.all(urls.map(url => fetch(url)))
  await Promise.all(responses.map(response => response.arrayBuffer()))
  return responses.map(response => response.status)
}

describe('the target site', () => {
  it('serves pages of the size its laws say and counts each request', async () => {
    await using site = await startSite({ bytes: { law: 'fixed', value: 2_000 } })

    const body = await (await fetch(`${site.origin}/page/3`)).text()
    await statuses([`${site.origin}/page/3`, `${site.origin}/page/4?q=1`])

    expect(body).toHaveLength(2_000)
    expect(site.log()).toMatchObject({ requests: 3, counts: { '/page/3': 2, '/page/4?q=1': 1 } })
  })

  it('counts how many requests wait at once', async () => {
    await using site = await startSite()

    await statuses(Array.from({ length: 5 }, (_, page) => `${site.origin}/page/${page}?latency=200`))
    await statuses([`${site.origin}/page/9`])

    expect(site.log().inFlightMax).toBe(5)
  })

  it('lets some failing pages recover on the second request', async () => {
    await using site = await startSite({ errorRatio: 1, recoverRatio: 0.5 })
    const urls = Array.from({ length: 40 }, (_, page) => `${site.origin}/page/${page}`)

    const first = await statuses(urls)
    const second = await statuses(urls)

    expect(new Set(first)).toEqual(new Set([500]))
    expect(new Set(second)).toEqual(new Set([200, 500]))
  })

  it('tells a limited client when to come again', async () => {
    await using site = await startSite({ limitedRatio: 1, retryAfterSec: 7 })

    const refused = await fetch(`${site.origin}/page/1`)
    await refused.arrayBuffer()

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7'])
    expect(await statuses([`${site.origin}/page/1`])).toEqual([200])
  })

  it('lists as many addresses as asked and carries laws on', async () => {
    await using site = await startSite()

    const text = await (await fetch(`${site.origin}/list.txt?count=2500&start=10&latency=5`)).text()

    const lines = text.trimEnd().split('\n')
    expect(lines).toHaveLength(2_500)
    expect(lines[0]).toBe(`${site.origin}/page/10?latency=5`)
    expect(new Set(lines).size).toBe(2_500)
  })

  it('offers robots.txt and sitemaps that name all its pages', async () => {
    await using site = await startSite({ pages: 1_500 })
    const get = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer())
    const locations = (xml: string): string[] =>
      [...xml.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url]) => url!)

    const robots = String(await get(`${site.origin}/robots.txt`))
    const index = locations(String(await get(`${site.origin}/sitemap-index.xml`)))
    const maps = await Promise.all(index.map(get))
    const plain = locations(String(await get(`${site.origin}/sitemap.xml`)))

    const pages = Array.from({ length: 1_500 }, (_, page) => `${site.origin}/page/${page}`)
    expect(robots).toContain('Disallow: /private/')
    expect(robots).toContain(`Sitemap: ${site.origin}/sitemap-index.xml`)
    expect(maps.flatMap(map => locations(String(gunzipSync(map))))).toEqual(pages)
    expect(plain).toEqual(pages)
  })

  it('answers wrong requests with the status that says so', async () => {
    await using site = await startSite()
    const wrong = ['/nothing', '/page/x', '/page/1?latency=slow', '/list.txt?count=many', '/sitemap-9.xml.gz']

    const post = await fetch(`${site.origin}/page/1`, { method: 'POST' })

    expect(await statuses(wrong.map(path => site.origin + path))).toEqual([404, 404, 400, 400, 404])
    expect(post.status).toBe(405)
  })

  it('forgets its log on request', async () => {
    await using site = await startSite()
    await statuses([`${site.origin}/page/1`])

    await fetch(`${site.origin}/log`, { method: 'DELETE' })

    expect(await fetchLog(site.origin)).toEqual({ requests: 0, inFlightMax: 0, counts: {} })
  })

  it('runs in a process of its own and ends with its owner', async () => {
    const site = await forkTestSite({ pages: 10 })
    await statuses([`${site.origin}/page/1`])

    const log = await fetchLog(site.origin)
    await site[Symbol.asyncDispose]()

    expect(log).toEqual({ requests: 1, inFlightMax: 1, counts: { '/page/1': 1 } })
    expect(() => process.kill(site.pid, 0)).toThrow('ESRCH')
  })
})
