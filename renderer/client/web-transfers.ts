import { PIECE_BYTES, type Client, type ExportRef } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { ImportProgress } from './host-bridge.ts'

/** Pieces on their way at once: enough that none waits for the answer to another. */
const IN_FLIGHT = 4
const NAME_CHARACTERS = 255
/** So many bytes of an export are handed to the browser at once, which may keep them on the disk. */
const BLOB_BYTES = 16 * 2 ** 20

interface Transfer {
  readonly bytes: number
  readonly signal: AbortSignal
  readonly move: (offset: number, length: number) => Promise<void>
  /** Told how many bytes have arrived. */
  readonly progress: (bytes: number) => void
}

/** Moves a file piece by piece, {@link IN_FLIGHT} at once. @throws Whatever `move` throws, or why it was aborted. */
async function movePieces({ bytes, signal, move, progress }: Transfer): Promise<void> {
  let next = 0
  let arrived = 0
  let hasFailed = false
  const lane = async (): Promise<void> => {
    while (next < bytes && !hasFailed) {
      signal.throwIfAborted()
      const offset = next
      const length = Math.min(PIECE_BYTES, bytes - offset)
      next += length
      await move(offset, length)
      arrived += length
      progress(arrived)
    }
  }
  const failed = (error: unknown): never => {
    hasFailed = true
    throw error
  }
  const results = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, () => lane().catch(failed)))
  for (const result of results) if (result.status === 'rejected') throw result.reason
  signal.throwIfAborted()
}

/**
 * Streams a file into the host's folder of uploads.
 *
 * @returns What a job may name as its input.
 * @throws JobError when the host refuses it; the signal's reason when it was aborted. Nothing of it is left then.
 */
export async function upload(
  client: Client,
  file: File,
  {
    progress,
    signal,
  }: { readonly progress: (progress: ImportProgress) => void; readonly signal: AbortSignal },
): Promise<string> {
  signal.throwIfAborted()
  const name = file.name.slice(-NAME_CHARACTERS) || 'file'
  const { uploadId } = await client.call('upload.begin', { name, bytes: file.size })
  const report = (sentBytes: number): void => progress({ name: file.name, sentBytes, totalBytes: file.size })
  try {
    report(0)
    await movePieces({
      bytes: file.size,
      signal,
      progress: report,
      move: async (offset, length) => {
        const bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer())
        await client.call('upload.write', { uploadId, offset, bytes })
      },
    })
    const { path } = await client.call('upload.end', { uploadId })
    return path
  } catch (error) {
    // Where the connection is what failed, the host removes it after an hour.
    await client.call('upload.drop', { uploadId }).catch(() => undefined)
    throw error
  }
}

/** @returns A whole export. @throws JobError when the host has it no more; the signal's reason when it was aborted. */
export async function download(
  client: Client,
  { exportId, bytes }: ExportRef,
  { progress, signal }: { readonly progress: (bytes: number) => void; readonly signal: AbortSignal },
): Promise<Blob> {
  const pieces = new Map<number, Uint8Array<ArrayBuffer>>()
  const blobs: Blob[] = []
  let ready: Uint8Array<ArrayBuffer>[] = []
  let readyBytes = 0
  let taken = 0
  const hand = (): void => {
    blobs.push(new Blob(ready))
    ready = []
    readyBytes = 0
  }
  const takeInOrder = (): void => {
    for (let piece = pieces.get(taken); piece !== undefined; piece = pieces.get(taken)) {
      pieces.delete(taken)
      taken += piece.byteLength
      ready.push(piece)
      readyBytes += piece.byteLength
      if (readyBytes >= BLOB_BYTES) hand()
    }
  }
  await movePieces({
    bytes,
    signal,
    progress,
    move: async (offset, length) => {
      const answer = await client.call('export.read', { exportId, offset })
      if (answer.bytes.byteLength !== length) {
        throw new JobError(
          'E_TRUNCATED',
          `the export has ${answer.bytes.byteLength} bytes at ${offset}, not ${length}`,
        )
      }
      // A copy: what arrived is part of a larger message, which it would keep.
      pieces.set(offset, new Uint8Array(answer.bytes))
      takeInOrder()
    },
  })
  hand()
  return new Blob(blobs)
}
