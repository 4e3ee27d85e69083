import { JobError } from '../../shared/model/error.ts'
import { segmentPath, type RunPaths } from './run-paths.ts'
import { SegmentReader } from './segment-reader.ts'

/**
 * Looks through the committed part of every segment, in as many steps as whoever asks has time for: a record that was
 * damaged while nobody had the run open would be noticed by nobody else until somebody reads it.
 */
export class SegmentAudit {
  readonly #paths: RunPaths
  /** Number and committed length of segments that are still to be looked through. */
  readonly #left: (readonly [id: number, bytes: number])[]
  /** Where in the first of them the next step begins; 0 at its header. */
  #position = 0

  /** @param segments Committed length by segment number. */
  constructor(paths: RunPaths, segments: ReadonlyMap<number, number>) {
    this.#paths = paths
    this.#left = [...segments]
  }

  /**
   * Goes on for about so many bytes.
   *
   * @returns Whether everything was looked through.
   * @throws JobError `E_JOURNAL_CORRUPT` naming the file and the byte; `E_VERSION` or `E_SRC_IO`.
   */
  advance(mostBytes: number): boolean {
    let left = mostBytes
    for (let segment = this.#left[0]; segment !== undefined && left > 0; segment = this.#left[0]) {
      const before = this.#position
      this.#position = this.#look(segment, before, left)
      left -= this.#position - before
      if (this.#position < segment[1]) return false
      this.#left.shift()
      this.#position = 0
    }
    return this.#left.length === 0
  }

  /** @returns How far it came. */
  #look([id, bytes]: readonly [number, number], from: number, mostBytes: number): number {
    const path = segmentPath(this.#paths, id)
    using reader = new SegmentReader(path)
    if (reader.segmentId !== id || reader.runId !== this.#paths.runId)
      throw new JobError('E_JOURNAL_CORRUPT', `${path} is segment ${reader.segmentId} of run ${reader.runId}`)
    reader.seek(from)
    while (reader.position - from < mostBytes) if (!reader.next(bytes)) return bytes
    return reader.position
  }
}
