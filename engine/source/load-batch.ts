import { cutWhole, type RecordWindow } from './record-blocks.ts'
import { RecordExtents } from './record-extents.ts'
import type { CutFormat } from './make-cutter.ts'

/*
 * Bytes of a batch of a load, version 2 (version 1 are URLs, see batch.ts). Numbers are little-endian.
 *
 *   0    uint8     version, 2
 *   1    uint8     flags: 1 the only record was too long to be kept, no bytes follow; 2 the last record is an empty line
 *   4    uint32    records
 *   8    float64   position in the data of the first record
 *   16   float64   line on which it begins
 *   24   float64   bytes of the record that was not kept; else 0
 *   32             the records as they stand in the data, with what is between them; the last without its line end
 *
 * Whoever reads the batch cuts it into records again: that costs less than to pack and unpack each of them.
 */
const VERSION = 2
const HEAD_BYTES = 32
const FLAG_LOST = 1
/** Such a line has no bytes in the batch: nothing else would tell it from the end of the line before. */
const FLAG_EMPTY_LAST = 2

/** @returns Records `[first, first + count)` of a window as bytes of their own. */
export function packWindow(window: RecordWindow, first: number, count: number): Uint8Array<ArrayBuffer> {
  const { bytes, extents, origin, line, lostAt } = window
  const start = extents.starts[first] as number
  const end = extents.ends[first + count - 1] as number
  const isLost = first === 0 && lostAt >= 0
  const isEmptyLast = extents.starts[first + count - 1] === end
  const kept = isLost ? 0 : end - start
  const payload = new Uint8Array(HEAD_BYTES + kept)
  const head = new DataView(payload.buffer)
  head.setUint8(0, VERSION)
  head.setUint8(1, isLost ? FLAG_LOST : isEmptyLast ? FLAG_EMPTY_LAST : 0)
  head.setUint32(4, count, true)
  head.setFloat64(8, isLost ? lostAt : origin + start, true)
  head.setFloat64(16, line + (extents.lines[first] as number), true)
  head.setFloat64(24, isLost ? origin + end - lostAt : 0, true)
  payload.set(bytes.subarray(start, start + kept), HEAD_BYTES)
  return payload
}

/**
 * @returns The records of a batch.
 * @throws RangeError when the bytes are of another version, or hold another number of records than they say.
 */
export function unpackWindow(payload: Uint8Array, format: CutFormat): RecordWindow {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const version = bytes.readUInt8(0)
  if (version !== VERSION) throw new RangeError(`a batch of version ${version}, known is ${VERSION}`)
  const count = bytes.readUInt32LE(4)
  const byteOffset = bytes.readDoubleLE(8)
  const line = bytes.readDoubleLE(16)
  const flags = bytes.readUInt8(1)
  if ((flags & FLAG_LOST) !== 0) return lostRecord(byteOffset, bytes.readDoubleLE(24), line)
  const records = bytes.subarray(HEAD_BYTES)
  const window = cutWhole(records, format, { byteOffset, line }) ?? emptyWindow(records, byteOffset, line)
  const { extents } = window
  // Every line before it is a record too, so that their number is its line.
  if ((flags & FLAG_EMPTY_LAST) !== 0) extents.add(records.length, records.length, extents.count)
  if (extents.count !== count) throw new RangeError(`a batch of ${count} records holds ${extents.count}`)
  return window
}

function emptyWindow(bytes: Buffer, origin: number, line: number): RecordWindow {
  return { bytes, extents: new RecordExtents(), origin, line, lostAt: -1, isUnclosed: false }
}

function lostRecord(lostAt: number, byteLength: number, line: number): RecordWindow {
  const extents = new RecordExtents()
  extents.add(0, 0, 0)
  return { bytes: Buffer.alloc(0), extents, origin: lostAt + byteLength, line, lostAt, isUnclosed: false }
}
