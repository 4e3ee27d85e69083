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
  /** Sends for one piece; `isDone` settles when it has arrived. */
  readonly begin: (offset: number, length: number) => Promise<{ readonly isDone: Promise<unknown> }>
  /** Told how many bytes have arrived. */
  readonly progress: (bytes: number) => void
}

/**
 * Moves a file in pieces, begun in the order of their offsets, {@link IN_FLIGHT} on their way at once.
 *
 * @throws Whatever a piece failed with, or why it was aborted.
 */
async function movePieces({ bytes, signal, begin, progress }: Transfer): Promise<void> {
  const inFlight: Promise<void>[] = []
  let arrived = 0
  const arrive = async (isDone: Promise<unknown>, length: number): Promise<void> => {
    await isDone
    arrived += length
    progress(arrived)
  }
  for (let offset = 0; offset < bytes; offset += PIECE_BYTES) {
    if (inFlight.length === IN_FLIGHT) await inFlight.shift()
    signal.throwIfAborted()
    const length = Math.min(PIECE_BYTES, bytes - offset)
    const { isDone } = await begin(offset, length)
    const arrival = arrive(isDone, length)
    // Failures are looked at in order; until then none is nobody's.
    arrival.catch(() => undefined)
    inFlight.push(arrival)
  }
  for (const arrival of inFlight) await arrival
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
      begin: async (offset, length) => {
        const bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer())
        return { isDone: client.call('upload.write', { uploadId, offset, bytes }) }
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
  const read = async (offset: number, length: number): Promise<void> => {
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
  }
  await movePieces({
    bytes,
    signal,
    progress,
    begin: async (offset, length) => ({ isDone: read(offset, length) }),
  })
  hand()
  return new Blob(blobs)
}
