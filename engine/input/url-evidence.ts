import type { RecordView } from '../load/record-view.ts'

/** Names of a column or a member that holds what to fetch, most telling first. */
const URL_NAMES = ['url', 'link', 'loc', 'href', 'uri', 'website', '网址', '链接', '地址']

/** Part of the values from which a field counts as one of URLs. */
const MOST = 0.5

export const isWebUrl = (text: string): boolean => /^\s*https?:\/\/[^\s/]/i.test(text)

export interface UrlField {
  readonly name: string
  /** Whoever made the table meant it to be fetched: its name says so, or there is hardly anything else. */
  readonly isMain: boolean
}

/**
 * Finds the field that holds URLs: by the values of the first records, and where there are several by their names.
 *
 * @param names Of all fields.
 * @param records The first ones; without any the names alone tell.
 */
export function findUrlField(names: readonly string[], records: readonly RecordView[]): UrlField | null {
  const isNamed = (name: string): boolean => URL_NAMES.includes(name.trim().toLowerCase())
  const counts = records.length === 0 ? null : countUrls(records)
  const candidates = names.filter(name => (counts === null ? isNamed(name) : (counts.get(name) ?? 0) > MOST))
  const name = candidates.find(isNamed) ?? candidates[0]
  if (name === undefined) return null
  return { name, isMain: isNamed(name) || names.length <= 2 }
}

/** @returns Part of each field's values that are URLs, 0..1; empty values do not count. */
function countUrls(records: readonly RecordView[]): Map<string, number> {
  const found = new Map<string, { urls: number; values: number }>()
  for (const { fields } of records) {
    for (let at = 0; at < (fields?.count ?? 0); at += 1) {
      const text = fields?.isNull(at) === false ? fields.textOf(at) : ''
      if (text.trim() === '') continue
      const name = fields?.nameOf(at) ?? ''
      const counts = found.get(name) ?? { urls: 0, values: 0 }
      counts.values += 1
      if (isWebUrl(text)) counts.urls += 1
      found.set(name, counts)
    }
  }
  return new Map([...found].map(([name, { urls, values }]) => [name, urls / values]))
}
