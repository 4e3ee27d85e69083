import type { Failure } from './error.ts'
import type { JobKind } from './job.ts'

/** Most first records of one input that a report shows, and most characters of each. */
export const INPUT_SAMPLES = 8
export const SAMPLE_CHARACTERS = 300

/** What an input is, found from its name and its first and last bytes only; quick for a file of any size. */
export interface InputReport {
  /** As it was asked. */
  readonly input: string
  readonly is: 'url' | 'list' | 'sitemap' | 'records' | 'job' | 'folder' | 'unreadable'
  /** Kinds of jobs that can take it, the likeliest first. */
  readonly suits: readonly JobKind[]
  /** Name of the format, such as `lines`, `csv`, `jsonl`, `xml`; `null` for what has none. */
  readonly format: string | null
  /** `gz`, `zst`, or `null`. */
  readonly packing: string | null
  readonly encoding: string | null
  /** What all this was recognised by, in words. */
  readonly evidence: string
  /** Bytes of the file; `null` for what has no length. */
  readonly bytes: number | null
  /** Tasks: counted where the whole was read, else estimated from the first bytes; `null` when nothing is known. */
  readonly tasks: { readonly count: number; readonly isEstimate: boolean } | null
  /** Names of the columns of a CSV or TSV file, or members of the first JSON record; `null` without. */
  readonly fields: readonly string[] | null
  /** Which of the fields looks like the one that holds the URL; `null` when none does. */
  readonly urlField: string | null
  /** The first records, cut. */
  readonly first: readonly string[]
  /** For a folder: absolute paths of the files in it that could be inputs, at most 1,000. */
  readonly files: readonly string[]
  /** Why it cannot be read. */
  readonly failure: Failure | null
}

/** The first requests a crawl would make; nothing is sent. */
export interface CrawlPreview {
  readonly requests: readonly {
    readonly index: number
    readonly method: string
    readonly url: string
    /** `Name: value`; values of headers that were given as secrets are left out. */
    readonly headers: readonly string[]
    /** Why this one would not be sent. */
    readonly refusal: Failure | null
  }[]
}
