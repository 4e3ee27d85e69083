import type { EncodingName, LoadFormat } from './fields/load.ts'

/** Most records that a preview shows. */
export const PREVIEW_RECORDS = 20

/** What an input was recognised as, before anything of it is loaded. */
export interface InputPreview {
  /** As the job names it. */
  readonly input: string
  readonly format: LoadFormat
  readonly encoding: EncodingName
  /** How it is packed; `null` for a file as it is. */
  readonly packing: 'gzip' | 'zstd' | null
  /** What both were recognised by, in words. */
  readonly evidence: readonly string[]
  /** Names of the cells of a row; `null` for formats without a header row. */
  readonly header: readonly string[] | null
}

/** What a load would do with its first records. */
export interface LoadPreview {
  readonly inputs: readonly InputPreview[]
  /** Arguments of each command, the name of the command first; at most {@link PREVIEW_RECORDS}. */
  readonly commands: readonly (readonly string[])[]
}
