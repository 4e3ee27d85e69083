import { errorNumber, JobError, type ErrorCode } from '../../shared/model/error.ts'
import type { LOAD_FORMATS, LoadFormat } from '../../shared/model/fields/load.ts'
import { extensionOf } from './recognise.ts'

export interface FoundFormat {
  readonly format: LoadFormat
  /** What it was recognised by, for people. */
  readonly evidence: string
}

const JSON_EXTENSIONS = ['jsonl', 'ndjson', 'json']
const TABLES: Readonly<Record<string, 'csv' | 'tsv'>> = { csv: 'csv', tsv: 'tsv', tab: 'tsv' }

/** The beginning of an input as text. */
export interface TextHead {
  /** Without byte order mark. */
  readonly text: string
  /** Nothing follows. */
  readonly isWhole: boolean
}

/**
 * Tells how the records of a load are written: what the content says goes before what the name says.
 *
 * @param wanted What the user says; `auto` to find it.
 * @throws JobError `E_CONFIG` for a JSON document that is no JSON Lines.
 */
export function findFormat(name: string, head: TextHead, wanted: (typeof LOAD_FORMATS)[number]): FoundFormat {
  if (wanted !== 'auto') return { format: wanted, evidence: '--format' }
  const text = head.text.replace(/^\s+/, '')
  const extension = extensionOf(name)
  const found = byContent(text, extension) ?? byName(extension)
  if (found.format === 'lines' || found.format === 'jsonl') refuseDocument(name, { ...head, text }, extension)
  return found
}

function byContent(text: string, extension: string): FoundFormat | null {
  if (text.startsWith('{')) {
    const line = firstLine(text)
    const object = parsed(line)
    if (isObject(object))
      return isRejected(object)
        ? { format: 'rejects', evidence: 'its first line is a rejected record' }
        : { format: 'jsonl', evidence: 'its first line is a JSON object' }
    // A longer first line than was looked at: only a name that says "table" speaks against it.
    if (line.length === text.length && /^\{\s*"/.test(line) && TABLES[extension] === undefined)
      return { format: 'jsonl', evidence: 'it begins with a JSON object' }
  }
  return /^sep=.[\r\n]/.test(text) && TABLES[extension] === undefined && extension !== 'txt'
    ? { format: 'csv', evidence: 'a sep= line' }
    : null
}

/** Also one whose bytes were taken out, because it was too long or was corrected in another member. */
const isRejected = (object: Readonly<Record<string, unknown>>): boolean =>
  'index' in object &&
  (typeof object['rawBase64'] === 'string' ||
    ('byteOffset' in object && errorNumber(String(object['code']) as ErrorCode) > 0))

function byName(extension: string): FoundFormat {
  const table = TABLES[extension]
  if (table !== undefined) return { format: table, evidence: `.${extension}` }
  if (JSON_EXTENSIONS.includes(extension)) return { format: 'jsonl', evidence: `.${extension}` }
  return { format: 'lines', evidence: 'lines of text' }
}

/** One JSON value that fills the file cannot be cut into records without being read whole. */
function refuseDocument(name: string, { text, isWhole }: TextHead, extension: string): void {
  const isJsonName = JSON_EXTENSIONS.includes(extension)
  const what = isArray(text, isWhole, isJsonName)
    ? 'one JSON array'
    : /^\{\s*[\r\n]+\s*["}]/.test(text)
      ? 'one JSON document'
      : null
  if (what === null) return
  throw new JobError(
    'E_CONFIG',
    `${name} looks like ${what}: write one object a line, as JSON Lines, or load its lines with --format lines`,
  )
}

function isArray(text: string, isWhole: boolean, isJsonName: boolean): boolean {
  if (!text.startsWith('[')) return false
  const line = firstLine(text)
  if (Array.isArray(parsed(line))) {
    // An array a line is text of many lines; an array and nothing else is a document.
    const isAlone = isWhole && text.slice(line.length).trim() === ''
    return isAlone || (isJsonName && line.length === text.length)
  }
  if (line.length === text.length && !isWhole) return /^\[\s*[[{"]/.test(line)
  return isJsonName || /[[{,]\s*$/.test(line)
}

const firstLine = (text: string): string => /^[^\r\n]*/.exec(text)?.[0] ?? ''

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
