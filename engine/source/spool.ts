import { closeSync, openSync, readSync, fstatSync } from 'node:fs'
import { join } from 'node:path'
import { isMissing } from '../journal/storage-error.ts'
import { BatchReader } from './batch.ts'
import type { RecordSink } from './source.ts'

/*
 * A copy of an input that can be read only once (standard input, a fetched sitemap), so that its records are the same at
 * a resume. The file is a row of frames: four bytes with the length, lowest first, and as many bytes: a batch of URLs (see
 * batch.ts), or bytes of the input as they came, for a load. A length of 0 as the last four bytes says that the input
 * was read to its end.
 *
 * All calls here wait for the disk: they run in the reader's thread, and what is read was written a moment ago or is
 * bounded by credits.
 */
export const LENGTH_BYTES = 4
/** Version and number of records of a batch. */
const COUNT_BYTES = 11

/** A copy as far as it goes. */
export interface SpoolCopy {
  readonly file: string
  /** Bytes of the whole frames in the file. */
  readonly length: number
  /**
   * Waits until the copy is longer than `length` bytes.
   *
   * @returns False when it is whole. @throws what kept the rest from being copied.
   */
  growsBeyond(length: number): Promise<boolean>
}

/** What a copy of an earlier start holds. */
export interface SpoolSurvey {
  readonly copy: SpoolCopy
  /** It goes to the end of its input. */
  readonly isWhole: boolean
}

/** @returns Where the copy of input number `input` lies in the directory `spoolPath`. */
export const spoolFile = (spoolPath: string, input: number): string => join(spoolPath, `input-${input}.spool`)

/** Counts the records of a copy that nobody writes. @returns `null` when there is no copy. */
export function surveySpool(file: string): (SpoolSurvey & { readonly records: number }) | null {
  let records = 0
  const survey = surveyFrames(file, (_bytes, head) => (records += new BatchReader(head).left))
  return survey === null ? null : { ...survey, records }
}

/** The same for a copy of bytes as they came. */
export function surveyByteSpool(file: string): (SpoolSurvey & { readonly bytes: number }) | null {
  let bytes = 0
  const survey = surveyFrames(file, frameBytes => (bytes += frameBytes))
  return survey === null ? null : { ...survey, bytes }
}

/** @param onFrame Told the length of each whole frame, and the first of its bytes. */
function surveyFrames(file: string, onFrame: (bytes: number, head: Buffer) => void): SpoolSurvey | null {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
  try {
    const { size } = fstatSync(descriptor)
    const head = Buffer.alloc(LENGTH_BYTES + COUNT_BYTES)
    let at = 0
    for (let length = 0; at + LENGTH_BYTES <= size; at += LENGTH_BYTES + length) {
      const headBytes = readSync(descriptor, head, 0, head.length, at)
      length = head.readUInt32LE(0)
      if (length === 0 || at + LENGTH_BYTES + length > size) break
      onFrame(length, head.subarray(LENGTH_BYTES, headBytes))
    }
    const isWhole = at + LENGTH_BYTES === size && head.readUInt32LE(0) === 0
    return { copy: { file, length: at, growsBeyond: async () => false }, isWhole }
  } finally {
    closeSync(descriptor)
  }
}

/** Hands every record of a copy to `sink`, in their order and at its pace, also while the copy is being written. */
export async function replaySpool(copy: SpoolCopy, sink: RecordSink): Promise<void> {
  for await (const frame of spooledFrames(copy)) await replayBatch(new BatchReader(frame), sink)
}

/** Yields what the frames of a copy hold, in their order, also while the copy is being written. */
export async function* spooledFrames(copy: SpoolCopy): AsyncGenerator<Buffer, void, undefined> {
  const descriptor = openSync(copy.file, 'r')
  try {
    const head = Buffer.alloc(LENGTH_BYTES)
    for (let at = 0; at < copy.length || (await copy.growsBeyond(at));) {
      readFully(descriptor, head, at)
      const frame = Buffer.allocUnsafeSlow(head.readUInt32LE(0))
      readFully(descriptor, frame, at + LENGTH_BYTES)
      yield frame
      at += LENGTH_BYTES + frame.length
    }
  } finally {
    closeSync(descriptor)
  }
}

async function replayBatch(records: BatchReader, sink: RecordSink): Promise<void> {
  while (records.next()) {
    const full = sink.add(records.value, records.line, records.refusal)
    if (full !== null) await full
  }
}

function readFully(descriptor: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length;) {
    const count = readSync(descriptor, bytes, at, bytes.length - at, position + at)
    if (count === 0) throw new RangeError(`a copy ends at byte ${position + at}, in the middle of a frame`)
    at += count
  }
}
