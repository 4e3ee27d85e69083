import type { FileHandle } from 'node:fs/promises'
import { JobError } from '../../shared/model/error.ts'
import { BLOCK_BYTES, HEAD_BYTES } from './limits.ts'
import type { OpenedFile } from './open-file.ts'
import { sourceError } from './source-error.ts'
import type { InputHead } from './stream-head.ts'

/** @returns The first 64 KiB of a file, or as many as are asked for, or all of it. */
export async function readHead({ handle, stats }: OpenedFile, bytes = HEAD_BYTES): Promise<Buffer> {
  const head = Buffer.allocUnsafe(Math.min(bytes, stats.size))
  let length = 0
  while (length < head.length) {
    const { bytesRead } = await handle.read(head, length, head.length - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return head.subarray(0, length)
}

/** @returns The beginning of a file, to look at. */
export const fileHead = (file: OpenedFile): InputHead => ({
  read: async bytes => ({ head: await readHead(file, bytes), isWhole: file.stats.size <= bytes }),
})

/**
 * Reads a file up to the size it had when it was opened; what was appended since is left out.
 *
 * @param onRead Called with the number of bytes before each block is handed out.
 * @throws JobError `E_SRC_CHANGED` when the file became shorter, `E_SRC_IO` when it cannot be read.
 */
export async function* fileBytes(
  path: string,
  { handle, stats }: OpenedFile,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for (let position = 0; position < stats.size;) {
    const block = await readBlock(path, handle, { position, sizeBytes: stats.size })
    position += block.length
    onRead(block.length)
    yield block
  }
}

async function readBlock(
  path: string,
  handle: FileHandle,
  { position, sizeBytes }: { readonly position: number; readonly sizeBytes: number },
): Promise<Buffer> {
  const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, sizeBytes - position))
  const { bytesRead } = await handle.read(block, 0, block.length, position).catch((error: unknown) => {
    throw sourceError(path, error)
  })
  if (bytesRead === 0)
    throw new JobError('E_SRC_CHANGED', `${path} has ${position} bytes, it had ${sizeBytes} a moment ago`)
  return block.subarray(0, bytesRead)
}
