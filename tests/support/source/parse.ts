import type { SitemapAccess, SourceKind, SourceOptions } from '../../../engine/source/source.ts'
import type { ReadRecord } from './drain.ts'

export interface Parsed {
  readonly records: ReadRecord[]
  /** Values, or the codes of refused records. */
  readonly urls: string[]
  readonly failure: { readonly code: string; readonly message: string } | null
}

const offline: SitemapAccess = {
  origin: null,
  fetch: async url => Promise.reject(new Error(`nothing may be fetched here: ${url}`)),
  refusalOf: async () => null,
}

/** Parses UTF-8 bytes with one kind of source, in chunks of `chunkBytes`. */
export async function parseWith(
  kind: SourceKind,
  content: string | Buffer,
  given: { chunkBytes?: number; options?: Partial<SourceOptions>; sitemaps?: SitemapAccess } = {},
): Promise<Parsed> {
  const bytes = Buffer.from(content as string)
  const size = given.chunkBytes ?? 64 * 2 ** 10
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size))
  }
  const records: ReadRecord[] = []
  const input = {
    name: 'input',
    bytes: chunks(),
    head: bytes.toString('latin1', 0, 65_536).replace(/^\xef\xbb\xbf/, ''),
    encoding: 'UTF-8',
    options: { column: null, field: null, ...given.options },
    sitemaps: given.sitemaps ?? offline,
  }
  let failure: Parsed['failure'] = null
  try {
    await kind.parse(input, {
      add: (value, line, refusal) => {
        records.push({ index: records.length, value, line, refusal })
        return null
      },
    })
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    failure = { code, message }
  }
  return { records, urls: records.map(({ value, refusal }) => refusal?.code ?? value), failure }
}
