import { JobError } from '../model/error.ts'

/** Deepest nesting of lists and objects in a message. */
export const MESSAGE_DEPTH = 64

type Content = 'bytes' | 'items' | 'pairs'

/** What a MessagePack head byte announces: where its length stands, and what follows. */
interface Head {
  readonly content: Content
  /** Bytes of the length that follows the head; 0 when the head itself tells. */
  readonly lengthBytes: 0 | 1 | 2 | 4
  /** Added to the length; the whole length when {@link lengthBytes} is 0. */
  readonly fixed: number
}

const head = (content: Content, fixed: number, lengthBytes: Head['lengthBytes'] = 0): Head => ({
  content,
  lengthBytes,
  fixed,
})

/** Heads 0xc0 to 0xdf in order; 0xc1 is never used. */
const MIDDLE_HEADS: readonly (Head | null)[] = [
  ...[head('bytes', 0), null, head('bytes', 0), head('bytes', 0)],
  // bin 8, 16, 32; ext 8, 16, 32 with the byte of their type
  ...[head('bytes', 0, 1), head('bytes', 0, 2), head('bytes', 0, 4)],
  ...[head('bytes', 1, 1), head('bytes', 1, 2), head('bytes', 1, 4)],
  // float 32, 64; uint 8 to 64; int 8 to 64
  ...[4, 8, 1, 2, 4, 8, 1, 2, 4, 8].map(bytes => head('bytes', bytes)),
  // fixext 1 to 16 with the byte of their type
  ...[2, 3, 5, 9, 17].map(bytes => head('bytes', bytes)),
  // str 8, 16, 32; array 16, 32; map 16, 32
  ...[head('bytes', 0, 1), head('bytes', 0, 2), head('bytes', 0, 4)],
  ...[head('items', 0, 2), head('items', 0, 4), head('pairs', 0, 2), head('pairs', 0, 4)],
]

function headOf(byte: number): Head | null {
  if (byte < 0x80 || byte >= 0xe0) return head('bytes', 0)
  if (byte < 0x90) return head('pairs', byte - 0x80)
  if (byte < 0xa0) return head('items', byte - 0x90)
  if (byte < 0xc0) return head('bytes', byte - 0xa0)
  return MIDDLE_HEADS[byte - 0xc0] ?? null
}

const HEADS: readonly (Head | null)[] = Array.from({ length: 256 }, (_, byte) => headOf(byte))

/**
 * Walks one MessagePack value without building it: five bytes may announce a list of four billion, for which a
 * decoder would take memory before it noticed that nothing follows.
 *
 * @throws JobError `E_IPC_SCHEMA` unless `bytes` is exactly one value that holds what it announces, no deeper than
 * {@link MESSAGE_DEPTH}.
 */
export function checkBounds(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  /** Values still to come in each open list or object; the first entry is the message itself. */
  const open = [1]
  /** Sum of {@link open}: each value takes at least one byte. */
  let awaited = 1
  let at = 0
  while (open.length > 0) {
    const depth = open.length - 1
    if (open[depth] === 0) {
      open.pop()
      continue
    }
    open[depth]! -= 1
    awaited -= 1
    const found = at < bytes.byteLength ? HEADS[view.getUint8(at)] : undefined
    if (found === undefined) throw unreadable('it ends early')
    if (found === null) throw unreadable(`byte ${at} begins no value`)
    at += 1
    if (at + found.lengthBytes > bytes.byteLength) throw unreadable('it ends early')
    const length = lengthAt(view, at, found.lengthBytes) + found.fixed
    at += found.lengthBytes
    if (found.content === 'bytes') {
      at += length
      continue
    }
    const values = found.content === 'pairs' ? length * 2 : length
    awaited += values
    if (awaited > bytes.byteLength - at)
      throw unreadable(`a list or object of ${length} is announced, too few bytes follow`)
    if (open.push(values) - 1 > MESSAGE_DEPTH)
      throw unreadable(`it is nested deeper than ${MESSAGE_DEPTH} levels`)
  }
  if (at !== bytes.byteLength)
    throw unreadable(at > bytes.byteLength ? 'it ends early' : 'bytes follow its end')
}

function lengthAt(view: DataView, at: number, lengthBytes: Head['lengthBytes']): number {
  switch (lengthBytes) {
    case 0:
      return 0
    case 1:
      return view.getUint8(at)
    case 2:
      return view.getUint16(at)
    case 4:
      return view.getUint32(at)
  }
}

const unreadable = (reason: string): JobError =>
  new JobError('E_IPC_SCHEMA', `a message is not readable: ${reason}`)
