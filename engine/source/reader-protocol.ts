import type { ErrorCode } from '../../shared/model/error.ts'
import type { EncodingName, ENCODINGS, LOAD_FORMATS } from '../../shared/model/fields/load.ts'
import type { Look, Looked } from '../input/looks.ts'
import type { RangeInput, RecordFormat } from '../worker/protocol.ts'

/**
 * What the supervisor and the reader say to each other. The reader looks at the inputs in their order: it recognises
 * them, takes their fingerprint, and then either announces a file whose records workers read themselves, with
 * marks at which they may begin, or parses records that cannot be split and feeds them in batches.
 */
export interface ReaderSetup {
  /** URLs, absolute paths, or `-`, in the order of the job. */
  readonly inputs: readonly string[]
  readonly column: string | null
  readonly field: string | null
  readonly unique: boolean
  /**
   * Fingerprints taken when the run began, as far as it came; `null` at the first start. A difference is
   * `E_SRC_CHANGED`; what can be read only once and was not copied whole is `E_NOT_RESUMABLE`.
   */
  readonly fingerprints: readonly (Fingerprint | null)[] | null
  /**
   * `whole`: one worker, or every worker, reads the file from its first byte, so a single plain file up to
   * `wholeBytes` needs no marks. `marks`: ranges are needed.
   */
  readonly splitting: 'whole' | 'marks'
  readonly wholeBytes: number
  /** Directory for copies of inputs that can be read only once: fetched sitemaps, and standard input where asked. */
  readonly spoolPath: string
  readonly spoolsStandardInput: boolean
  /** How the records of a load are to be read; absent or `null` for URLs. */
  readonly load?: {
    readonly format: (typeof LOAD_FORMATS)[number]
    readonly encoding: (typeof ENCODINGS)[number]
  } | null
  /** What crawl requests for sitemaps need; `null` for other kinds. */
  readonly sitemap: {
    readonly timeoutMs: number
    readonly userAgent: string | null
    readonly privateNetwork: boolean
    readonly insecure: boolean
    readonly headers: readonly string[]
  } | null
}

/** What a source was when the run began, to notice a change at resume. */
export interface Fingerprint {
  readonly sizeBytes: number
  readonly modifiedMs: number
  readonly inode: number
  /** SHA-256, hexadecimal, of the first and last mebibyte and of 64 sampled blocks of 64 KiB. */
  readonly sampleHash: string
}

export type ToReader =
  | { readonly type: 'setup'; readonly setup: ReaderSetup }
  /** As many more records may be fed in batches, by {@link creditsOf} (marks are small and need no credit). */
  | { readonly type: 'credit'; readonly records: number }
  | { readonly type: 'stop' }
  /** Instead of a setup, and any number of times. */
  | Look

export type FromReader =
  /** What an input was recognised as, for people and for the journal. */
  | {
      readonly type: 'input'
      readonly input: number
      readonly kind: string
      readonly evidence: string
      readonly fingerprint: Fingerprint | null
      readonly isReplayable: boolean
      /** Of a load's input; absent for URLs. */
      readonly encoding?: EncodingName
    }
  /** Workers may read this file; its first record has index `firstIndex`. With `whole`, no marks follow. */
  | {
      readonly type: 'range'
      readonly input: number
      readonly range: RangeInput
      readonly firstIndex: number
      readonly whole: boolean
    }
  /** Triples `[byteOffset, index, line]` of the current range, in rising order; the range's first record included. */
  | { readonly type: 'marks'; readonly input: number; readonly marks: Float64Array }
  /** The range holds records up to `endIndex`; the next input begins there. */
  | { readonly type: 'range.end'; readonly input: number; readonly endIndex: number }
  | {
      readonly type: 'batch'
      readonly firstIndex: number
      readonly count: number
      readonly payload: Uint8Array
      readonly positionRatio: number | null
      /** How the records of a load are cut and encoded; absent for URLs. */
      readonly format?: RecordFormat
    }
  /** Something about an input that people must hear of, although it is read all the same. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'progress'; readonly bytesRead: number; readonly found: number }
  /** Every input was read (or announced whole: then `total` is `null` and a worker will tell). */
  | { readonly type: 'end'; readonly total: number | null; readonly bytesRead: number }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
  | Looked

/** A record of a load counts as one more for each so many bytes of its batch. */
const BYTES_A_CREDIT = 64

/**
 * @param bytes Of the batch's payload.
 * @returns The credits that a batch costs. Records of a load can be of any length, so credits bound their bytes too;
 *   a batch may cost more than is left, and the next one waits until it is paid.
 */
export const creditsOf = (count: number, bytes: number, isLoad: boolean): number =>
  isLoad ? Math.max(count, Math.ceil(bytes / BYTES_A_CREDIT)) : count
