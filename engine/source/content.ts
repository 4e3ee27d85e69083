import { isUtf8 } from 'node:buffer'
import type { EncodingName } from '../../shared/model/fields/load.ts'
import { HEAD_BYTES } from './limits.ts'

/** What files begin with that are no lists of URLs; the name stands behind "looks like". */
const SIGNATURES: readonly (readonly [name: string, bytes: readonly number[], offset?: number])[] = [
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [...Buffer.from('GIF8')]],
  ['a WebP image', [...Buffer.from('WEBP')], 8],
  ['a PDF document', [...Buffer.from('%PDF-')]],
  ['a ZIP archive (or an office document)', [0x50, 0x4b, 0x03, 0x04]],
  ['an empty ZIP archive', [0x50, 0x4b, 0x05, 0x06]],
  ['an SQLite database', [...Buffer.from('SQLite format 3\0')]],
  ['a program', [0x7f, 0x45, 0x4c, 0x46]],
  ['a Windows program', [0x4d, 0x5a, 0x90, 0x00]],
  ['a bzip2 archive', [...Buffer.from('1AY&SY')], 4],
  ['an xz archive', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['a RAR archive', [...Buffer.from('Rar!')]],
  ['a tar archive', [...Buffer.from('ustar')], 257],
  ['a Parquet file', [...Buffer.from('PAR1')]],
  ['an MP4 video', [...Buffer.from('ftyp')], 4],
  ['UTF-32 text (save it as UTF-8)', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-32 text (save it as UTF-8)', [0x00, 0x00, 0xfe, 0xff]],
  ['a gzip archive inside an archive (unpack it once)', [0x1f, 0x8b]],
  ['a Zstandard archive inside an archive (unpack it once)', [0x28, 0xb5, 0x2f, 0xfd]],
]

/** Share of zero bytes from which text can only be binary data, or two bytes a character. */
const ZERO_RATIO = 0.25
/** Longest UTF-8 character, of which the head may hold a part at its end. */
const CHARACTER_BYTES = 4

/**
 * @param head The first bytes, unpacked but as they are encoded.
 * @returns What the data looks like when it cannot hold URLs, to stand behind "looks like"; `null` for text.
 */
export function findForeign(head: Buffer): string | null {
  return signatureOf(head) ?? (hasUtf16Mark(head) ? null : findBinary(head))
}

function signatureOf(head: Buffer): string | null {
  for (const [name, bytes, offset = 0] of SIGNATURES)
    if (bytes.every((byte, at) => head[offset + at] === byte)) return name
  return null
}

const hasUtf16Mark = (head: Buffer): boolean =>
  (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)

/** Zero bytes alone do not make a file binary: a line of a list may hold one, and is then refused itself. */
function findBinary(head: Buffer): string | null {
  let zerosAtEven = 0
  let zerosAtOdd = 0
  for (let at = head.indexOf(0); at >= 0; at = head.indexOf(0, at + 1)) {
    if (at % 2 === 0) zerosAtEven += 1
    else zerosAtOdd += 1
  }
  const zeros = zerosAtEven + zerosAtOdd
  if (zeros === 0) return null
  if (zeros > head.length * ZERO_RATIO)
    return Math.min(zerosAtEven, zerosAtOdd) * 20 < zeros && zeros < head.length * 0.6
      ? 'UTF-16 text without a byte order mark (save it as UTF-8)'
      : 'binary data'
  return isUtf8Start(head) ? null : 'binary data'
}

function isUtf8Start(head: Buffer): boolean {
  // Only a head that is not all there is can end in the middle of a character.
  const cuts = head.length < HEAD_BYTES ? 1 : CHARACTER_BYTES
  for (let cut = 0; cut < cuts; cut += 1) if (isUtf8(head.subarray(0, head.length - cut))) return true
  return false
}

/** Bytes that text does not contain: the control characters but for white space and ESC. */
const isControl = (byte: number): boolean => byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b

/** Share of control characters from which bytes that are not valid UTF-8 are no text in any encoding of one byte. */
const CONTROL_RATIO = 0.05

/**
 * The same for data of which every record counts, whatever is in it: a few zero bytes or wrong characters are for the
 * records they are in, and text may begin with the letters of a signature.
 *
 * @param encoding What the bytes are taken for.
 */
export function findForeignData(head: Buffer, encoding: EncodingName): string | null {
  const name = signatureOf(head)
  let zeros = 0
  let controls = 0
  for (const byte of head) {
    if (byte === 0) zeros += 1
    if (isControl(byte)) controls += 1
  }
  const isText = controls === 0 && isUtf8Start(head)
  if (name !== null && !isText) return name
  if (isText || encoding === 'utf-16le' || encoding === 'utf-16be') return null
  if (zeros > head.length * ZERO_RATIO) return 'binary data'
  return controls > head.length * CONTROL_RATIO && !isUtf8Start(head) ? 'binary data' : null
}

/** @returns What text is that is no list either, from its first characters; `null` as a rule. */
export function findForeignText(head: string): string | null {
  if (/^<(?:!doctype\s+html|html)[\s>]/i.test(head)) return 'an HTML page'
  if (head.startsWith('[') && /^\[\s*(?:[[{"\]]|$)/.test(head))
    return 'one JSON array (write one object a line, as JSON Lines)'
  if (/^\{\s*[\r\n]/.test(head)) return 'one JSON document (write one object a line, as JSON Lines)'
  return null
}
