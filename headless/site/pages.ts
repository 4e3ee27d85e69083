import { bodyBytesOf, latencyMsOf, linksOf, type SiteLaws } from './laws.ts'

const FILLER = 'One thread waits while another works. '.repeat(2_048)
const TAIL = '</ul></body></html>\n'

const filler = (characters: number): string =>
  characters <= FILLER.length
    ? FILLER.slice(0, characters)
    : FILLER.repeat(Math.ceil(characters / FILLER.length)).slice(0, characters)

const head = (title: string, description: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>` +
  `<meta name="description" content="${description}"></head><body><h1>${title}</h1>`

/**
 * @param query Question mark and query that the page's own address had, or `''`; its links carry it on.
 * @returns HTML in ASCII: exactly as many bytes as the law says, where title and heading leave room for that.
 */
export function renderPage(laws: SiteLaws, page: number, query: string): string {
  const bytes = bodyBytesOf(laws, page)
  const latencyMs = Math.round(latencyMsOf(laws, page))
  const start = head(`Page ${page}`, `Page ${page} has ${bytes} bytes and answers after ${latencyMs} ms.`)
  const escaped = query.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  let room = bytes - start.length - '<p></p><ul>'.length - TAIL.length
  let list = ''
  for (const link of linksOf(laws, page)) {
    const item = `<li><a href="/page/${link}${escaped}">Page ${link}</a></li>`
    if (item.length > room) break
    room -= item.length
    list += item
  }
  return `${start}<p>${filler(Math.max(0, room))}</p><ul>${list}${TAIL}`
}

/** @returns A short HTML page that says why there is no other. */
export const renderRefusal = (status: number, text: string): string =>
  `${head(`${status} ${text}`, text)}<p>The laws of this site say so.</p></body></html>\n`

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** @param pages Numbers of the first page and of the one after the last. */
export function renderSitemap(
  origin: string,
  pages: readonly [first: number, end: number],
  query: string,
): string {
  let urls = ''
  for (let page = pages[0]; page < pages[1]; page += 1) {
    urls += `<url><loc>${escapeXml(`${origin}/page/${page}${query}`)}</loc></url>\n`
  }
  return `${XML}<urlset ${SITEMAP}>\n${urls}</urlset>\n`
}

/** @param maps How many sitemaps there are, `/sitemap-0.xml.gz` and so on. */
export function renderSitemapIndex(origin: string, maps: number, query: string): string {
  let entries = ''
  for (let map = 0; map < maps; map += 1) {
    entries += `<sitemap><loc>${escapeXml(`${origin}/sitemap-${map}.xml.gz${query}`)}</loc></sitemap>\n`
  }
  return `${XML}<sitemapindex ${SITEMAP}>\n${entries}</sitemapindex>\n`
}

export const renderRobots = (origin: string): string =>
  `User-agent: *\nDisallow: /private/\nSitemap: ${origin}/sitemap-index.xml\n`
