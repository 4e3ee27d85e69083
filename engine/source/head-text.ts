import type { EncodingName } from '../../shared/model/fields/load.ts'

const MARKS: Readonly<Record<EncodingName, readonly number[]>> = {
  'utf-8': [0xef, 0xbb, 0xbf],
  'utf-16le': [0xff, 0xfe],
  'utf-16be': [0xfe, 0xff],
  gb18030: [0x84, 0x31, 0x95, 0x33],
}

/** @returns How long the byte order mark is with which `head` begins; 0 when it begins with none of this encoding. */
export function markBytesOf(head: Buffer, encoding: EncodingName): number {
  const mark = MARKS[encoding]
  return mark.every((byte, at) => head[at] === byte) ? mark.length : 0
}

/** @returns The first bytes as text to look at; what is not valid is replaced. */
export const headText = (head: Buffer, encoding: EncodingName): string =>
  new TextDecoder(encoding, { ignoreBOM: true }).decode(head)
