import { LAYOUTS, type ColumnType, type RecordLayout } from '../../shared/model/record-layout.ts'
import { crc32 } from 'node:zlib'

/** The bytes of a segment; docs/formats/segment.md describes them for readers in other languages. */
export const SEGMENT_VERSION = 1
export const FILE_HEADER_BYTES = 96
export const FRAME_HEADER_BYTES = 20
/** Count and heap length, at the beginning of a records payload. */
export const PAYLOAD_HEADER_BYTES = 8

export const FRAME_MAGIC = 0x4649
export const FRAME_VERSION = 1
export const FRAME_TYPE_RECORDS = 1

/** A frame is sealed as soon as it holds this many records or bytes; its last record may exceed the bytes. */
export const FRAME_RECORDS = 4_096
export const FRAME_BYTES = 262_144
/** Longest string of a record in UTF-16 units; executors bound theirs far below. */
export const MAX_STRING_UNITS = 2 ** 20
/** No writer makes a longer payload, so a longer one in a file is corruption. */
export const MAX_PAYLOAD_BYTES = 2 ** 25

/** Length of an absent string. */
export const ABSENT = 0xffff_ffff
const STRING_REFERENCE_BYTES = 8

const MAGIC = Buffer.from('ILVSEG\r\n', 'latin1')
const RUN_ID_BYTES = 64

export interface SegmentHeader {
  readonly layout: RecordLayout
  readonly segmentId: number
  /** At most 64 bytes of UTF-8. */
  readonly runId: string
}

const WIDTH: Readonly<Record<ColumnType, number>> = { u8: 1, u16: 2, u32: 4, i32: 4, f32: 4, f64: 8 }

/** Where the columns of a layout lie in a row: packed, in declared order. */
export interface RowPlan {
  readonly rowBytes: number
  readonly types: readonly ColumnType[]
  readonly numberOffsets: Uint16Array
  readonly stringOffsets: Uint16Array
}

export function planRow(layout: RecordLayout): RowPlan {
  let offset = 0
  const numberOffsets = Uint16Array.from(layout.numbers, column => {
    const at = offset
    offset += WIDTH[column.type]
    return at
  })
  const stringOffsets = Uint16Array.from(layout.strings, (_, at) => offset + at * STRING_REFERENCE_BYTES)
  const rowBytes = offset + layout.strings.length * STRING_REFERENCE_BYTES
  return { rowBytes, types: layout.numbers.map(column => column.type), numberOffsets, stringOffsets }
}

/** @returns The first {@link FILE_HEADER_BYTES} bytes of a segment. */
export function encodeFileHeader(header: SegmentHeader): Buffer {
  const runId = Buffer.from(header.runId, 'utf8')
  if (runId.length > RUN_ID_BYTES)
    throw new RangeError(`run id is ${runId.length} bytes long, at most 64 fit`)
  const bytes = Buffer.alloc(FILE_HEADER_BYTES)
  MAGIC.copy(bytes)
  bytes.writeUInt16LE(SEGMENT_VERSION, 8)
  bytes.writeUInt16LE(header.layout.number, 10)
  bytes.writeUInt32LE(planRow(header.layout).rowBytes, 12)
  bytes.writeUInt32LE(header.segmentId, 16)
  bytes.writeUInt16LE(runId.length, 20)
  runId.copy(bytes, 24)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 92)), 92)
  return bytes
}

export type HeaderFault = 'not a segment' | 'header checksum differs' | 'newer version' | 'unknown layout'

/** @returns The header, or why `bytes` is none. */
export function decodeFileHeader(bytes: Buffer): SegmentHeader | HeaderFault {
  if (bytes.length < FILE_HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return 'not a segment'
  if (bytes.readUInt32LE(92) !== crc32(bytes.subarray(0, 92))) return 'header checksum differs'
  if (bytes.readUInt16LE(8) > SEGMENT_VERSION) return 'newer version'
  const number = bytes.readUInt16LE(10)
  const layout = LAYOUTS.find(known => known.number === number)
  if (layout === undefined || bytes.readUInt32LE(12) !== planRow(layout).rowBytes) return 'unknown layout'
  const runId = bytes.subarray(24, 24 + Math.min(bytes.readUInt16LE(20), RUN_ID_BYTES)).toString('utf8')
  return { layout, segmentId: bytes.readUInt32LE(16), runId }
}

const HIGH = 2 ** 32

/**
 * Writes the header of a records frame whose payload already stands behind it, checksum included.
 *
 * @param frame Header and payload, exactly.
 */
export function sealFrame(frame: Buffer, sequence: number): void {
  frame.writeUInt16LE(FRAME_MAGIC, 0)
  frame[2] = FRAME_VERSION
  frame[3] = FRAME_TYPE_RECORDS
  frame.writeUInt32LE(frame.length - FRAME_HEADER_BYTES, 4)
  frame.writeUInt32LE(sequence % HIGH, 8)
  frame.writeUInt32LE(Math.floor(sequence / HIGH), 12)
  frame.writeUInt32LE(0, 16)
  frame.writeUInt32LE(crc32(frame), 16)
}

const ZERO_CRC = Buffer.alloc(4)

/** @returns Checksum of a frame as {@link sealFrame} computed it: over everything, its own field taken as zero. */
export const frameChecksum = (frame: Buffer): number =>
  crc32(frame.subarray(FRAME_HEADER_BYTES), crc32(ZERO_CRC, crc32(frame.subarray(0, 16))))

export const frameSequence = (frame: Buffer): number => frame.readUInt32LE(8) + frame.readUInt32LE(12) * HIGH
