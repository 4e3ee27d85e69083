import type { RecordExtents } from './record-extents.ts'

/**
 * Finds where records begin and end, over bytes that arrive piece by piece. Everyone who counts the records of a load
 * uses the same cutter, so that all count alike.
 */
export interface RecordCutter {
  /**
   * Finds the records that are complete in `bytes[0, length)`. What was looked at by the call before, and neither cut
   * off nor dropped since, is not looked at again.
   *
   * @param isEnd No byte follows, so that what is left is the last record.
   * @param extents Takes the records; emptied first.
   * @returns The position at which the record under way begins; the next call's bytes begin there.
   */
  cut(bytes: Buffer, length: number, isEnd: boolean, extents: RecordExtents): number
  /** Bytes behind that position that were looked at and belong to the record under way. */
  readonly lookedAt: number
  /** The next call's bytes begin behind those bytes: the record under way is too long to be kept. */
  forget(): void
  /** Number of the line on which the record under way begins, from 1. */
  readonly line: number
  /** Whether the last record ended with the data, inside quotes. */
  readonly isUnclosed: boolean
}
