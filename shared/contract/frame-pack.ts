import { JobError } from '../model/error.ts'
import { FRAME_BYTES } from './wire.ts'

/** Bytes that tell the length of each frame of a pack. */
export const PACK_HEADER_BYTES = 4

/**
 * Several frames as one message of a carrier that delivers messages whole: a host gathers what it sends within a moment,
 * so that a page wakes up a few dozen times a second however much there is to tell.
 *
 * @param frames 1 to any number, each 1 to `FRAME_BYTES` bytes; they are copied.
 */
export function packFrames(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = frames.reduce((sum, frame) => sum + PACK_HEADER_BYTES + frame.byteLength, 0)
  const pack = new Uint8Array(length)
  const view = new DataView(pack.buffer)
  let at = 0
  for (const frame of frames) {
    view.setUint32(at, frame.byteLength, true)
    pack.set(frame, at + PACK_HEADER_BYTES)
    at += PACK_HEADER_BYTES + frame.byteLength
  }
  return pack
}

/**
 * @returns The frames of a pack, as views of it.
 * @throws JobError `E_IPC_SCHEMA` for what is no pack.
 */
export function unpackFrames(pack: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength)
  const frames: Uint8Array[] = []
  let at = 0
  while (at + PACK_HEADER_BYTES < pack.byteLength) {
    const length = view.getUint32(at, true)
    at += PACK_HEADER_BYTES
    if (length === 0 || length > FRAME_BYTES || at + length > pack.byteLength) throw noPack()
    frames.push(pack.subarray(at, at + length))
    at += length
  }
  if (at !== pack.byteLength || frames.length === 0) throw noPack()
  return frames
}

const noPack = (): JobError => new JobError('E_IPC_SCHEMA', 'a message is no pack of frames')
