import { JobError } from '../../shared/model/error.ts'
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { FILE_HEADER_BYTES } from './segment-format.ts'
import { segmentPath, type RunPaths } from './run-paths.ts'
import { SegmentReader } from './segment-reader.ts'
import { isMissing, storageError } from './storage-error.ts'

/** Of a tail, this much is kept for whoever wants to know what was lost; of all tails of a run, that much. */
const KEPT_BYTES = 2 ** 20
const KEPT_TOTAL_BYTES = 16 * 2 ** 20

const SEGMENT_FILE = /^(\d{6,})\.seg$/
const NUMBERED_FILE = /^(\d{6,})\.seg(?:\.torn)?$/

/**
 * Looks whether every committed byte is there, without touching anything.
 *
 * @param committed Length by segment number.
 * @throws JobError `E_JOURNAL_CORRUPT` naming the segment that is missing or too short.
 */
export function assertSegments(paths: RunPaths, committed: ReadonlyMap<number, number>): void {
  for (const [id, bytes] of committed) {
    const path = segmentPath(paths, id)
    const size = sizeOf(path)
    if (size === null)
      throw new JobError(
        'E_JOURNAL_CORRUPT',
        `segment ${path} is missing, ${bytes} bytes of it are committed`,
      )
    if (size < bytes)
      throw new JobError('E_JOURNAL_CORRUPT', `segment ${path} ends at byte ${size}, ${bytes} are committed`)
  }
}

/**
 * Cuts every segment to its committed length and removes segments of which nothing was committed. What is cut was never
 * acknowledged; its beginning is kept beside the segment as `*.torn`.
 *
 * @returns How many whole records were cut off.
 */
export function cutTornTails(paths: RunPaths, committed: ReadonlyMap<number, number>): number {
  let keptBytes = 0
  let records = 0
  for (const name of readdirSync(paths.segments)) {
    const id = Number(SEGMENT_FILE.exec(name)?.[1] ?? NaN)
    if (Number.isNaN(id)) continue
    const path = join(paths.segments, name)
    try {
      const bytes = committed.get(id) ?? FILE_HEADER_BYTES
      records += countBeyond(path, bytes)
      keptBytes += cut(path, bytes, Math.min(KEPT_BYTES, KEPT_TOTAL_BYTES - keptBytes))
      if (!committed.has(id)) rmSync(path)
    } catch (error) {
      throw storageError(error, path)
    }
  }
  return records
}

/** @returns The lowest segment number that no file of the run has had. */
export function nextSegment(paths: RunPaths, committed: ReadonlyMap<number, number>): number {
  let next = 1
  for (const id of committed.keys()) next = Math.max(next, id + 1)
  for (const name of readdirSync(paths.segments))
    next = Math.max(next, Number(NUMBERED_FILE.exec(name)?.[1] ?? 0) + 1)
  return next
}

/** @returns How many records stand in whole frames beyond the first `bytes` bytes. */
function countBeyond(path: string, bytes: number): number {
  const { size } = statSync(path)
  let records = 0
  if (size <= bytes) return records
  try {
    using reader = new SegmentReader(path)
    reader.seek(bytes)
    while (reader.next(size)) records += reader.rows.count
  } catch (error) {
    // The frame that a process was writing when it died: what follows it counts as little as what came before.
    if (!(error instanceof JobError)) throw error
  }
  return records
}

/** @returns How many bytes of the tail were kept. */
function cut(path: string, bytes: number, mostKept: number): number {
  const file = openSync(path, 'r+')
  try {
    const tailBytes = fstatSync(file).size - bytes
    if (tailBytes <= 0) return 0
    const tail = Buffer.alloc(Math.min(tailBytes, Math.max(0, mostKept)))
    const kept = tail.subarray(0, readSync(file, tail, 0, tail.length, bytes))
    if (kept.length > 0) writeFileSync(`${path}.torn`, kept, { mode: 0o600 })
    ftruncateSync(file, bytes)
    fdatasyncSync(file)
    return kept.length
  } finally {
    closeSync(file)
  }
}

function sizeOf(path: string): number | null {
  try {
    return statSync(path).size
  } catch (error) {
    if (isMissing(error)) return null
    throw storageError(error, path)
  }
}
