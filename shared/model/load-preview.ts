import type { EncodingName, LoadFormat } from './fields/load.ts'

/** Most records that a preview shows. */
export const PREVIEW_RECORDS = 20

/** What an input was recognised as, before anything of it is loaded. */
export interface InputPreview {
  /** As the job names it. */
  readonly input: string
  readonly format: LoadFormat
  readonly encoding: EncodingName
  /** What format, packing and encoding were recognised by, in words. */
  readonly evidence: string
  /** Names of the cells of a row; `null` for formats without a header row. */
  readonly header: readonly string[] | null
}

/** What a load would do with the first records of its first input. */
export interface LoadPreview {
  /** Without standard input, which can be read only once. */
  readonly inputs: readonly InputPreview[]
  /**
   * One text an argument, the name of the command first, fit to be shown and cut where it is long: `SET` and its like
   * for Redis, `INSERT` with names and values of columns for SQLite, `LINE` with the line for a file of JSON Lines. A
   * record that would be rejected is `refused` and the reason. At most {@link PREVIEW_RECORDS}.
   */
  readonly commands: readonly (readonly string[])[]
}
