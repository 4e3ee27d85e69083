import { isAscii, isUtf8 } from 'node:buffer'
import { JobError } from '../../shared/model/error.ts'
import type { EncodingName } from '../../shared/model/fields/load.ts'
import { firstInvalidUtf8 } from './decode.ts'
import { gb18030Evidence } from './detect-gb18030.ts'
import { utf16Evidence } from './detect-utf16.ts'

export interface DetectedEncoding {
  readonly encoding: EncodingName
  /** One sentence for people: what speaks for it. */
  readonly evidence: string
  /** Bytes of the byte order mark the data begins with; 0 without one. */
  readonly markBytes: number
}

interface Mark {
  readonly encoding: EncodingName | null
  readonly title: string
  readonly bytes: Buffer
}

/** In this order: the mark of UTF-32LE begins with that of UTF-16LE. */
const MARKS: readonly Mark[] = [
  { encoding: 'utf-8', title: 'UTF-8', bytes: Buffer.of(0xef, 0xbb, 0xbf) },
  { encoding: null, title: 'UTF-32LE', bytes: Buffer.of(0xff, 0xfe, 0, 0) },
  { encoding: null, title: 'UTF-32BE', bytes: Buffer.of(0, 0, 0xfe, 0xff) },
  { encoding: 'utf-16le', title: 'UTF-16LE', bytes: Buffer.of(0xff, 0xfe) },
  { encoding: 'utf-16be', title: 'UTF-16BE', bytes: Buffer.of(0xfe, 0xff) },
  { encoding: 'gb18030', title: 'GB18030', bytes: Buffer.of(0x84, 0x31, 0x95, 0x33) },
]

/**
 * Tells how text is encoded from what it begins with. Without evidence for anything else it is UTF-8, whose records are
 * then refused one by one where they are not valid: an encoding in which everything is valid, such as Latin-1, is never
 * guessed.
 *
 * @param isWhole No byte follows `head`; otherwise its last character may be incomplete.
 * @throws JobError `E_ENCODING` for the marks of UTF-32, which nothing here reads.
 */
export function detectEncoding(head: Buffer, isWhole: boolean): DetectedEncoding {
  const mark = MARKS.find(({ bytes }) => bytes.equals(head.subarray(0, bytes.length)))
  if (mark !== undefined) return markedEncoding(mark)
  if (head.length === 0) return { encoding: 'utf-8', evidence: 'there is nothing in it', markBytes: 0 }
  const utf16 = utf16Evidence(head)
  if (utf16 !== null) return { ...utf16, markBytes: 0 }
  if (isAscii(head)) return { encoding: 'utf-8', evidence: `all of ${bytesOf(head)} are ASCII`, markBytes: 0 }
  const wrongAt = firstWrong(head, isWhole)
  if (wrongAt < 0)
    return { encoding: 'utf-8', evidence: `all of ${bytesOf(head)} are valid UTF-8`, markBytes: 0 }
  const gb18030 = gb18030Evidence(head, isWhole)
  if (gb18030 !== null) return { encoding: 'gb18030', evidence: gb18030, markBytes: 0 }
  const value = (head[wrongAt] as number).toString(16).padStart(2, '0')
  return {
    encoding: 'utf-8',
    evidence: `byte ${wrongAt + 1} (0x${value}) is not valid UTF-8, but nothing speaks for another encoding that can be told`,
    markBytes: 0,
  }
}

function markedEncoding({ encoding, title, bytes }: Mark): DetectedEncoding {
  if (encoding === null)
    throw new JobError(
      'E_ENCODING',
      `the data begins with the byte order mark of ${title}, which cannot be read; convert it to UTF-8`,
    )
  return { encoding, evidence: `begins with the byte order mark of ${title}`, markBytes: bytes.length }
}

const bytesOf = (head: Buffer): string =>
  head.length === 1 ? 'the 1 byte looked at' : `the ${head.length.toLocaleString('en')} bytes looked at`

/** @returns The first byte that is not valid UTF-8; -1 when all are, but for a character that `head` cuts. */
function firstWrong(head: Buffer, isWhole: boolean): number {
  const wrongAt = isUtf8(head) ? -1 : firstInvalidUtf8(head)
  if (wrongAt < 0 || isWhole || head.length - wrongAt > 3) return wrongAt
  return isBeginning(head.subarray(wrongAt)) ? -1 : wrongAt
}

/** Whether one to three bytes can be the beginning of a character of UTF-8. */
function isBeginning(bytes: Buffer): boolean {
  // Completed with the lowest and the highest byte that may follow: second bytes have narrower ranges after some leads.
  for (const filler of [0x80, 0x90, 0xbf])
    for (let missing = 1; bytes.length + missing <= 4; missing += 1)
      if (isUtf8(Buffer.concat([bytes, Buffer.alloc(missing, filler)]))) return true
  return false
}
