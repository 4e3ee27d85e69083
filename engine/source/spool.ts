import { closeSync, openSync, readSync, fstatSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { JobError } from '../../shared/model/error.ts'
import { isMissing } from '../journal/storage-error.ts'
import { BatchReader } from './batch.ts'
import type { RecordSink } from './source.ts'

/*
 * A copy of an input that can be read only once (standard input, a fetched sitemap), so that its records are the same at
 * a resume. The file is a row of frames: four bytes with the length, lowest first, and as many bytes: a batch of URLs (see
 * batch.ts), or bytes of the input as they came, for a load. A length of 0 as the last four bytes says that the input
 * was read to its end. Where the highest bit of a length is set, four bytes with the CRC-32 of length and content follow
 * it; copies of earlier builds have none.
 *
 * All calls here wait for the disk: they run in the reader's thread, and what is read was written a moment ago or is
 * bounded by credits.
 */
export const LENGTH_BYTES = 4
const CHECKSUM_BYTES = 4
const HAS_CHECKSUM = 0x8000_0000
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
    const head = Buffer.alloc(LENGTH_BYTES + CHECKSUM_BYTES + COUNT_BYTES)
    let at = 0
    while (at + LENGTH_BYTES <= size) {
      const headBytes = readSync(descriptor, head, 0, head.length, at)
      const { start, length } = frameAt(head)
      if (length === 0 || at + start + length > size) break
      onFrame(length, head.subarray(start, headBytes))
      at += start + length
    }
    const isWhole = at + LENGTH_BYTES === size && head.readUInt32LE(0) === 0
    return { copy: { file, length: at, growsBeyond: async () => false }, isWhole }
  } finally {
    closeSync(descriptor)
  }
}

/** @returns The bytes before a frame's content: its length and checksum. */
export function frameHead(content: Uint8Array): Buffer {
  const head = Buffer.alloc(LENGTH_BYTES + CHECKSUM_BYTES)
  head.writeUInt32LE((content.length | HAS_CHECKSUM) >>> 0, 0)
  head.writeUInt32LE(checksum(head, content), LENGTH_BYTES)
  return head
}

const checksum = (head: Buffer, content: Uint8Array): number =>
  crc32(content, crc32(head.subarray(0, LENGTH_BYTES)))

/** Where in a frame its content begins, and how long it is. */
function frameAt(head: Buffer): { readonly start: number; readonly length: number } {
  const word = head.readUInt32LE(0)
  return word >= HAS_CHECKSUM
    ? { start: LENGTH_BYTES + CHECKSUM_BYTES, length: word - HAS_CHECKSUM }
    : { start: LENGTH_BYTES, length: word }
}

/** Hands every record of a copy to `sink`, in their order and at its pace, also while the copy is being written. */
export async function replaySpool(copy: SpoolCopy, sink: RecordSink): Promise<void> {
  for await (const frame of spooledFrames(copy)) await replayBatch(new BatchReader(frame), sink)
}

/**
 * Yields what the frames of a copy hold, in their order, also while the copy is being written.
 *
 * @throws JobError `E_JOURNAL_CORRUPT` when a frame is not what was written.
 */
export async function* spooledFrames(copy: SpoolCopy): AsyncGenerator<Buffer, void, undefined> {
  const descriptor = openSync(copy.file, 'r')
  try {
    const head = Buffer.alloc(LENGTH_BYTES + CHECKSUM_BYTES)
    for (let at = 0; at < copy.length || (await copy.growsBeyond(at));) {
      readFully(descriptor, head.subarray(0, LENGTH_BYTES), at)
      const { start, length } = frameAt(head)
      const frame = Buffer.allocUnsafeSlow(length)
      readFully(descriptor, head.subarray(LENGTH_BYTES, start), at + LENGTH_BYTES)
      readFully(descriptor, frame, at + start)
      if (start > LENGTH_BYTES && checksum(head, frame) !== head.readUInt32LE(LENGTH_BYTES))
        throw new JobError(
          'E_JOURNAL_CORRUPT',
          `the copy of the input, ${copy.file}, is damaged in the ${length} bytes from byte ${at} on`,
        )
      yield frame
      at += start + length
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
