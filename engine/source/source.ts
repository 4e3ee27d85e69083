import type { Refusal } from './cursor.ts'

/** Takes the records of one input in their order. */
export interface RecordSink {
  /** @returns A promise when the sink is full: await it before the next record. `null` as a rule. */
  add(value: string, line: number, refusal: Refusal | null): Promise<void> | null
}

export interface SourceOptions {
  /** Name or number (from 1) of the CSV column that holds the URL; `null` to find it. */
  readonly column: string | null
  /** Member of each JSONL object that holds the URL. */
  readonly field: string | null
}

/** One input as the reader hands it to a source: unpacked and decoded to UTF-8. */
export interface SourceInput {
  /** What messages call it: a path, a URL or `standard input`. */
  readonly name: string
  readonly bytes: AsyncIterable<Buffer>
  /** The first bytes again, as Latin-1 text without byte order mark. */
  readonly head: string
  /** Name of the encoding the data has on disk. */
  readonly encoding: string
  readonly options: SourceOptions
  readonly sitemaps: SitemapAccess
}

/** What a sitemap needs of the network, with the checks for what a server named. */
export interface SitemapAccess {
  /** URL the input was fetched from; `null` when it is a file of the user's. */
  readonly origin: string | null
  /**
   * @param from The sitemap that names `url`; `null` for the user.
   * @returns The whole body, unpacked. @throws JobError when it cannot be fetched or may not be.
   */
  fetch(url: string, from: string | null): Promise<AsyncIterable<Buffer>>
  /** @returns Why `url`, named by the sitemap `from`, may not be requested; `null` as a rule. */
  refusalOf(url: string, from: string): Promise<Refusal | null>
}

/** One kind of input: an extension point of the engine. */
export interface SourceKind {
  readonly kind: string
  /** Endings of file names without dot, in lower case, without those of compression. */
  readonly extensions: readonly string[]
  /** How workers read plain UTF-8 files of this kind by byte ranges; `null` when the reader must parse it. */
  readonly rangeFormat: 'list' | 'jsonl' | null
  /**
   * @param head The first bytes as Latin-1 text, without byte order mark and leading white space.
   * @returns What in the content shows that it is of this kind whatever its name; `null` when nothing does.
   */
  recognise(head: string): string | null
  /**
   * Hands every record to `sink`, also those that are refused.
   *
   * @throws JobError `E_PARSE` when the rest cannot be read, after the records before were handed over.
   */
  parse(input: SourceInput, sink: RecordSink): Promise<void>
}

export const defineSource = (kind: SourceKind): SourceKind => kind
