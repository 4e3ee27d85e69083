import { csv, tsv } from '../../engine/source/kinds/csv.ts'
import { jsonl } from '../../engine/source/kinds/jsonl.ts'
import { list } from '../../engine/source/kinds/list.ts'
import { sitemap } from '../../engine/source/kinds/sitemap.ts'
import { describeSource } from './source.ts'

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
const escaped = (text: string): string => text.replace(/[&<>]/g, character => `&#${character.charCodeAt(0)};`)

describeSource(list, { name: 'a.txt', write: urls => urls.map(url => `${url}\n`).join('') })
describeSource(jsonl, {
  name: 'a.jsonl',
  write: urls => urls.map(url => `${JSON.stringify({ url })}\n`).join(''),
})
describeSource(csv, {
  name: 'a.csv',
  write: urls => `id,url\n${urls.map((url, at) => `${at},${quoted(url)}\n`).join('')}`,
})
describeSource(tsv, {
  name: 'a.tsv',
  write: urls => `url\tid\n${urls.map((url, at) => `${quoted(url)}\t${at}\n`).join('')}`,
})
describeSource(sitemap, {
  name: 'a.xml',
  write: urls => `<urlset>\n${urls.map(url => `<url><loc>${escaped(url)}</loc></url>\n`).join('')}</urlset>`,
})
