import { JobError } from '../../../shared/model/error.ts'

const URL_NAMES = new Set(['url', 'link', 'loc'])
const SHOWN_COLUMNS = 20

export interface CsvColumn {
  /** Position of the column, from 0. */
  readonly position: number
  /** The first row names the columns and is no record. */
  readonly hasHeader: boolean
}

export const looksLikeUrl = (cell: string): boolean => /^\s*[a-z][a-z0-9+.-]*:\/\//i.test(cell)

/**
 * Finds the column that holds the URLs.
 *
 * @param wanted Name in the header row or number from 1; `null` to take a column named url, link or loc, else the only
 *   one, else the first whose first value is a URL.
 * @param first The first row, and `second` the one behind it when there is one.
 * @throws JobError `E_CONFIG` naming the columns there are.
 */
export function findColumn(
  wanted: string | null,
  first: readonly string[],
  second: readonly string[] | null,
): CsvColumn {
  const names = first.map(name => name.trim())
  if (wanted !== null) return wantedColumn(wanted, names)
  const named = names.findIndex(name => URL_NAMES.has(name.toLowerCase()))
  if (named >= 0) return { position: named, hasHeader: true }
  const inFirst = names.findIndex(looksLikeUrl)
  if (inFirst >= 0) return { position: names.length === 1 ? 0 : inFirst, hasHeader: false }
  const inSecond = second?.findIndex(looksLikeUrl) ?? -1
  if (inSecond >= 0) return { position: inSecond, hasHeader: true }
  if (names.length === 1) return { position: 0, hasHeader: false }
  throw new JobError('E_CONFIG', `no column holds URLs; name one with --column: ${listed(names)}`)
}

function wantedColumn(wanted: string, names: readonly string[]): CsvColumn {
  const exact = names.indexOf(wanted)
  const position = exact >= 0 ? exact : names.findIndex(name => name.toLowerCase() === wanted.toLowerCase())
  if (position >= 0) return { position, hasHeader: true }
  const number = /^[1-9]\d{0,8}$/.test(wanted) ? Number(wanted) : 0
  if (number >= 1 && number <= names.length)
    return { position: number - 1, hasHeader: !looksLikeUrl(names[number - 1] ?? '') }
  const problem = number === 0 ? `there is no column "${wanted}"` : `there is no column number ${number}`
  throw new JobError('E_CONFIG', `${problem}; the columns are ${listed(names)}`)
}

const listed = (names: readonly string[]): string =>
  names
    .slice(0, SHOWN_COLUMNS)
    .map((name, at) => (looksLikeUrl(name) ? `${at + 1}` : `"${name}"`))
    .join(', ') + (names.length > SHOWN_COLUMNS ? `, … (${names.length} in all)` : '')
