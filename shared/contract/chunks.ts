import { JobError } from '../model/error.ts'
import { FRAME_BYTES } from './wire.ts'

/** The first byte of a frame: whether the message ends with it. */
const MARK = { last: 0, more: 1 } as const

const PART_BYTES = FRAME_BYTES - 1

/** Longest message, put together from its frames. */
export const MESSAGE_BYTES = 64 * 2 ** 20

/**
 * @returns The frames that carry `message`, each at most {@link FRAME_BYTES}; all but the last are full.
 * @throws JobError `E_LIMIT` for a message longer than {@link MESSAGE_BYTES}.
 */
export function cutIntoFrames(message: Uint8Array): readonly Uint8Array[] {
  if (message.byteLength > MESSAGE_BYTES) throw tooLong(message.byteLength, MESSAGE_BYTES)
  const frames: Uint8Array[] = []
  for (let at = 0; at === 0 || at < message.byteLength; at += PART_BYTES) {
    const part = message.subarray(at, at + PART_BYTES)
    const frame = new Uint8Array(part.byteLength + 1)
    frame[0] = at + PART_BYTES < message.byteLength ? MARK.more : MARK.last
    frame.set(part, 1)
    frames.push(frame)
  }
  return frames
}

/** Puts messages together again. After it has thrown, nothing that follows can be understood. */
export class Assembler {
  readonly #messageBytes: number
  #parts: Uint8Array[] = []
  #partBytes = 0

  /** @param messageBytes Longest message accepted. */
  constructor(messageBytes: number = MESSAGE_BYTES) {
    this.#messageBytes = messageBytes
  }

  /**
   * @returns The message that ends with this frame; `undefined` while more is to come.
   * @throws JobError `E_LIMIT` for a frame or message that is too long, `E_IPC_SCHEMA` for what is no frame.
   */
  push(frame: Uint8Array): Uint8Array | undefined {
    if (frame.byteLength > FRAME_BYTES) {
      throw new JobError(
        'E_LIMIT',
        `a frame of ${frame.byteLength} bytes arrived; the most is ${FRAME_BYTES}`,
      )
    }
    const mark = frame[0]
    // Parts shorter than a frame would let many tiny ones take far more memory than the bytes they carry.
    const isFrame = mark === MARK.last || (mark === MARK.more && frame.byteLength === FRAME_BYTES)
    if (!isFrame)
      throw new JobError(
        'E_IPC_SCHEMA',
        `a frame of ${frame.byteLength} bytes begins with ${mark ?? 'nothing'}`,
      )
    const part = frame.subarray(1)
    const length = this.#partBytes + part.byteLength
    if (length > this.#messageBytes) throw tooLong(length, this.#messageBytes)
    if (mark === MARK.last && this.#parts.length === 0) return part
    this.#parts.push(part)
    this.#partBytes = length
    return mark === MARK.last ? this.#joined() : undefined
  }

  #joined(): Uint8Array {
    const message = new Uint8Array(this.#partBytes)
    let at = 0
    for (const part of this.#parts) {
      message.set(part, at)
      at += part.byteLength
    }
    this.#parts = []
    this.#partBytes = 0
    return message
  }
}

const tooLong = (bytes: number, limit: number): JobError =>
  new JobError('E_LIMIT', `a message of ${bytes} bytes is longer than ${limit}; ask for less at once`)
