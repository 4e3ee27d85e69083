import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { JobError } from '../../shared/model/error.ts'
import type { OpenedFile } from './open-file.ts'
import type { Fingerprint } from './reader-protocol.ts'

const EDGE_BYTES = 2 ** 20
const SAMPLES = 64
const SAMPLE_BYTES = 64 * 2 ** 10
/** A file up to this size is hashed whole. */
const WHOLE_BYTES = 2 * EDGE_BYTES + SAMPLES * SAMPLE_BYTES

/** @returns What tells this file from a changed one; reads at most 6 MiB. */
export async function takeFingerprint(file: OpenedFile): Promise<Fingerprint> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafeSlow(EDGE_BYTES)
  for (const [start, end] of sampledParts(file.stats.size)) {
    for (let at = start; at < end;) {
      const read = await readAt(file.handle, buffer.subarray(0, Math.min(EDGE_BYTES, end - at)), at)
      if (read === 0) break
      hash.update(buffer.subarray(0, read))
      at += read
    }
  }
  const { size, mtimeMs, ino }: Stats = file.stats
  return { sizeBytes: size, modifiedMs: mtimeMs, inode: ino, sampleHash: hash.digest('hex') }
}

async function readAt(handle: FileHandle, into: Buffer, position: number): Promise<number> {
  const { bytesRead } = await handle.read(into, 0, into.length, position)
  return bytesRead
}

/** @returns Which bytes of a file are hashed, as `[start, end)`, in rising order. */
function sampledParts(sizeBytes: number): [start: number, end: number][] {
  if (sizeBytes <= WHOLE_BYTES) return [[0, sizeBytes]]
  const parts: [number, number][] = [[0, EDGE_BYTES]]
  const between = sizeBytes - 2 * EDGE_BYTES - SAMPLE_BYTES
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const start = EDGE_BYTES + Math.floor((between * sample) / (SAMPLES - 1))
    parts.push([start, start + SAMPLE_BYTES])
  }
  parts.push([sizeBytes - EDGE_BYTES, sizeBytes])
  return parts
}

/**
 * Compares a source with what it was when the run began. A copy or a touched file with the same size and the same
 * hash is the same source; of a file larger than 6 MiB only samples are hashed, so there the time counts too.
 *
 * @throws JobError `E_SRC_CHANGED` naming what differs.
 */
export function checkUnchanged(name: string, before: Fingerprint, now: Fingerprint): void {
  const differences: string[] = []
  if (before.sizeBytes !== now.sizeBytes)
    differences.push(`it has ${now.sizeBytes} bytes instead of ${before.sizeBytes}`)
  if (before.sampleHash !== now.sampleHash) differences.push('its content is not the same')
  else if (before.sizeBytes > WHOLE_BYTES && before.modifiedMs !== now.modifiedMs)
    differences.push(`it was modified at ${isoTime(now.modifiedMs)} instead of ${isoTime(before.modifiedMs)}`)
  if (differences.length === 0) return
  throw new JobError('E_SRC_CHANGED', `${name} changed since the run began: ${differences.join('; ')}`)
}

const isoTime = (ms: number): string => new Date(ms).toISOString()
