import {
  crc32,
  createInflateRaw,
  createZstdDecompress,
  type InflateRaw,
  type ZstdDecompress,
} from 'node:zlib'
import { JobError } from '../../shared/model/error.ts'
import { ByteQueue } from './byte-queue.ts'
import { BOMB_FLOOR_BYTES, BOMB_RATIO, UNPACKED_BYTES } from './limits.ts'

/** A compression whose archives are streams of members, each with its own end. */
export interface Packing {
  readonly kind: 'gz' | 'zst'
  /** The name people know. */
  readonly name: string
  matches(head: Uint8Array): boolean
  /** Unpacks one member, whose first bytes match; yields its content. */
  unpackMember(queue: ByteQueue, name: string): AsyncGenerator<Buffer, void, undefined>
}

/** Bytes behind an archive that are looked at: what pads it, as tapes do, is zero. */
const PADDING_BYTES = 64 * 2 ** 10

/** Bytes unpacked at once. */
const CHUNK_BYTES = 64 * 2 ** 10

const GZIP_CRC = 2
const GZIP_EXTRA = 4
const GZIP_NAME = 8
const GZIP_COMMENT = 16

// Members are told apart here, because Node's own gunzip loses what it unpacked before an error and its zstd stops
// silently behind the first frame.
const gzip: Packing = {
  kind: 'gz',
  name: 'gzip',
  matches: head => head[0] === 0x1f && head[1] === 0x8b,
  async *unpackMember(queue, name) {
    await skipGzipHeader(queue, name)
    let crc = 0
    let size = 0
    for await (const part of inflate(queue, name, createInflateRaw({ chunkSize: CHUNK_BYTES }))) {
      crc = crc32(part, crc)
      size = (size + part.length) % 2 ** 32
      yield part
    }
    const trailer = await queue.take(8)
    if (trailer.length < 8) throw truncated(name, queue.position)
    if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== size)
      throw damaged(name, queue.position, 'its checksum does not match')
  },
}

const zstd: Packing = {
  kind: 'zst',
  name: 'Zstandard',
  // A frame, or one of the sixteen skippable frames that some tools put in front.
  matches: head =>
    (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) ||
    ((head[0] ?? 0) >>> 4 === 5 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18),
  unpackMember: (queue, name) => inflate(queue, name, createZstdDecompress({ chunkSize: CHUNK_BYTES })),
}

export const PACKINGS: readonly Packing[] = [gzip, zstd]

/** @returns How the data that begins with `head` is packed; `null` when it is not. */
export const detectPacking = (head: Uint8Array): Packing | null =>
  PACKINGS.find(packing => packing.matches(head)) ?? null

/**
 * Unpacks all members one after the other. Bytes behind the last member that begin no other one are ignored, as gzip
 * itself does: zeros without a word, anything else with a notice.
 *
 * @param name What messages call the archive.
 * @param onIgnored Called at most once, with a sentence on where it stopped reading.
 * @throws JobError `E_SRC_IO` naming the byte at which the archive is truncated or damaged, after everything before
 *   it was yielded; `E_DECODE_BOMB` when it unpacks to more than its size can honestly hold.
 */
export async function* unpack(
  bytes: AsyncIterable<Buffer>,
  packing: Packing,
  name: string,
  onIgnored: (notice: string) => void = () => undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const queue = new ByteQueue(bytes)
  let unpacked = 0
  for (let member = 0; ; member += 1) {
    const head = await queue.take(4)
    queue.putBack(head)
    if (!packing.matches(head)) {
      if (member === 0) throw damaged(name, 0, `it is not ${packing.name}`)
      // The beginning of another member's magic number, and nothing behind it.
      if (head.length > 0 && head.length < 4 && isCutMagic(packing, head))
        throw truncated(name, queue.position)
      const { position } = queue
      if (await isGarbage(queue)) onIgnored(ignored(name, position, packing))
      return
    }
    for await (const part of packing.unpackMember(queue, name)) {
      unpacked += part.length
      if (
        unpacked > UNPACKED_BYTES ||
        (unpacked > BOMB_FLOOR_BYTES && unpacked > queue.position * BOMB_RATIO)
      )
        throw bomb(name, queue.position, unpacked)
      yield part
    }
  }
}

const isCutMagic = (packing: Packing, head: Buffer): boolean =>
  packing.kind === 'gz' ? head[0] === 0x1f : head[0] === 0x28

async function isGarbage(queue: ByteQueue): Promise<boolean> {
  const rest = await queue.take(PADDING_BYTES)
  return rest.length === PADDING_BYTES || rest.some(byte => byte !== 0)
}

const ignored = (name: string, at: number, { name: format }: Packing): string =>
  `${name}: what follows its end at byte ${at} is no ${format} data and was ignored; is the file damaged there?`

async function skipGzipHeader(queue: ByteQueue, name: string): Promise<void> {
  const header = await queue.take(10)
  if (header.length < 10) throw truncated(name, queue.position)
  const flags = header[3] ?? 0
  if (header[2] !== 8) throw damaged(name, queue.position, `its method ${header[2] ?? 0} is unknown`)
  if ((flags & GZIP_EXTRA) !== 0) {
    const length = await queue.take(2)
    const extra = length.length === 2 ? await queue.take(length.readUInt16LE(0)) : length
    if (length.length < 2 || extra.length < length.readUInt16LE(0)) throw truncated(name, queue.position)
  }
  for (const flag of [GZIP_NAME, GZIP_COMMENT])
    if ((flags & flag) !== 0 && !(await queue.skipPast(0))) throw truncated(name, queue.position)
  if ((flags & GZIP_CRC) !== 0 && (await queue.take(2)).length < 2) throw truncated(name, queue.position)
}

/** Runs `decoder` until its stream ends and puts the bytes behind that end back. */
async function* inflate(
  queue: ByteQueue,
  name: string,
  decoder: InflateRaw | ZstdDecompress,
): AsyncGenerator<Buffer, void, undefined> {
  // An error of the input must not be told from here, where nobody listens, but by the decoder that waits for it.
  const feeding = feed(queue, decoder).catch((error: unknown) => {
    decoder.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  try {
    for await (const part of decoder) yield part as Buffer
    await feeding
  } catch (error) {
    if (error instanceof JobError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw code === 'Z_BUF_ERROR' ? truncated(name, queue.position) : damaged(name, queue.position, message)
  } finally {
    decoder.destroy()
  }
}

async function feed(queue: ByteQueue, decoder: InflateRaw | ZstdDecompress): Promise<void> {
  const closed = new Promise<false>(resolve => decoder.once('close', () => resolve(false)))
  for (;;) {
    const chunk = await queue.chunk()
    if (chunk === null) {
      decoder.end()
      return
    }
    const before = decoder.bytesWritten
    const isAlive = await Promise.race([closed, write(decoder, chunk)])
    // Bytes that the decoder leaves lie behind the end of its stream.
    const used = decoder.bytesWritten - before
    if (used < chunk.length) queue.putBack(chunk.subarray(used))
    if (!isAlive || used < chunk.length) return
  }
}

const write = (decoder: InflateRaw | ZstdDecompress, chunk: Buffer): Promise<boolean> =>
  new Promise(resolve => {
    decoder.write(chunk, error => resolve(error === undefined || error === null))
  })

const truncated = (name: string, at: number): JobError =>
  new JobError('E_SRC_IO', `${name} is truncated at byte ${at}: the archive goes on behind it`)

const damaged = (name: string, at: number, reason: string): JobError =>
  new JobError('E_SRC_IO', `${name} is damaged before byte ${at}: ${reason}`)

const bomb = (name: string, packed: number, unpacked: number): JobError =>
  new JobError(
    'E_DECODE_BOMB',
    `${name} unpacks ${packed} bytes to more than ${unpacked}; an archive may grow ${BOMB_RATIO} times`,
  )
