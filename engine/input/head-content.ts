import { JobError } from '../../shared/model/error.ts'
import { readHead } from '../source/file-bytes.ts'
import type { OpenedFile } from '../source/open-file.ts'
import { unpack, type Packing } from '../source/unpack.ts'

/** The beginning of what a file holds, unpacked, and what follows from it for the rest. */
export interface HeadContent {
  readonly bytes: Buffer
  /** Nothing follows. */
  readonly isWhole: boolean
  /** Bytes of all that the file holds, unpacked; estimated where it is packed and not whole. */
  readonly totalBytes: number
  /** What is wrong with the archive; only told where all of it was read. */
  readonly failure: JobError | null
  /** What is read over; only told where all of it was read. */
  readonly notice: string | null
}

/** An archive is handed over in pieces of this size: so exactly is known how much of it made up the beginning. */
const PIECE_BYTES = 1_024

/** A gzip trailer counts so many bytes and then from 0 again, and no member grows more than so many times. */
const GZIP_SIZE_LIMIT = 2 ** 32
const GZIP_GROWTH = 1_032

/** @param most Bytes that are read of the file, and most that are unpacked. */
export async function headContent(
  path: string,
  file: OpenedFile,
  packing: Packing | null,
  most: number,
): Promise<HeadContent> {
  const head = await readHead(file, most)
  const { size } = file.stats
  if (packing === null)
    return { bytes: head, isWhole: size <= most, totalBytes: size, failure: null, notice: null }
  const parts: Buffer[] = []
  let unpackedBytes = 0
  const pieces = new Pieces(head)
  let failure: JobError | null = null
  let notice: string | null = null
  const onIgnored = (text: string): void => {
    notice = text
  }
  try {
    for await (const part of unpack(pieces.all(), packing, path, onIgnored)) {
      parts.push(part)
      unpackedBytes += part.length
      if (unpackedBytes >= most) break
    }
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    // The head ends in the middle of the archive.
    if (size <= most) failure = error
  }
  const isWhole = size <= most && unpackedBytes < most
  const bytes = Buffer.concat(parts).subarray(0, most)
  if (isWhole) return { bytes, isWhole, totalBytes: bytes.length, failure, notice }
  const estimate = Math.round((unpackedBytes / Math.max(1, pieces.handedBytes)) * size)
  const totalBytes = packing.kind === 'gz' ? await statedSize(file, estimate) : estimate
  return { bytes, isWhole, totalBytes, failure, notice: null }
}

class Pieces {
  handedBytes = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  async *all(): AsyncGenerator<Buffer, void, undefined> {
    while (this.handedBytes < this.#bytes.length) {
      const piece = this.#bytes.subarray(this.handedBytes, this.handedBytes + PIECE_BYTES)
      this.handedBytes += piece.length
      yield piece
    }
  }
}

/** @returns The size that the last bytes of a gzip file state where it is credible: of several members it is the last one's. */
async function statedSize({ handle, stats }: OpenedFile, estimate: number): Promise<number> {
  if (estimate > GZIP_SIZE_LIMIT / 2) return estimate
  const trailer = Buffer.alloc(4)
  const { bytesRead } = await handle.read(trailer, 0, 4, stats.size - 4)
  const stated = trailer.readUInt32LE(0)
  return bytesRead === 4 && stated > estimate / 2 && stated <= stats.size * GZIP_GROWTH ? stated : estimate
}
