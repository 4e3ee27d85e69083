import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { JobError } from '../../shared/model/error.ts'
import type { LateBytes } from './output-file.ts'

/** Longest stretch of a file that is written as Base64. */
const MOST_BYTES = 64 * 2 ** 20
/** Bytes of the file that are read at once: whole groups of three, so that their Base64 can be joined. */
const STEP_BYTES = 3 * 2 ** 17
/** Packed files, whose offsets are those of the unpacked bytes: gzip, Zstandard. */
const PACKED = [Buffer.of(0x1f, 0x8b), Buffer.of(0x28, 0xb5, 0x2f, 0xfd)]
/** A file of rejects, whose records stand in another one. */
const REJECTS = Buffer.from('{"index":')

/** A stretch of a file, as Base64, without ever being in memory as a whole. */
class Base64Range implements LateBytes {
  readonly length: number
  readonly #path: string
  readonly #from: number
  readonly #bytes: number

  constructor(path: string, from: number, bytes: number) {
    this.#path = path
    this.#from = from
    this.#bytes = bytes
    this.length = 4 * Math.ceil(bytes / 3)
  }

  async read(offset: number): Promise<Buffer> {
    const group = Math.floor(offset / 4)
    const wanted = Math.min(STEP_BYTES, this.#bytes - group * 3)
    const buffer = Buffer.allocUnsafeSlow(wanted)
    await using file = await open(this.#path, 'r')
    let length = 0
    while (length < wanted) {
      const { bytesRead } = await file.read(buffer, length, wanted - length, this.#from + group * 3 + length)
      if (bytesRead === 0)
        throw new JobError('E_SRC_CHANGED', `${this.#path} became shorter while it was being loaded`)
      length += bytesRead
    }
    return Buffer.from(buffer.toString('base64'), 'latin1').subarray(offset - group * 4)
  }
}

/**
 * @returns The stretch as it stands in the file now; `null` when that cannot be told (the file is packed, is gone, is
 *   a rejects file or became shorter) or is longer than 64 MiB.
 */
export function base64RangeOf(path: string, from: number, bytes: number): LateBytes | null {
  if (!(from >= 0 && bytes > 0 && bytes <= MOST_BYTES)) return null
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    // Whatever keeps it from being read now: the reject is told without its bytes.
    return null
  }
  try {
    const { size } = fstatSync(file)
    const head = Buffer.alloc(REJECTS.length)
    readSync(file, head, 0, head.length, 0)
    const isPlain = [...PACKED, REJECTS].every(magic => !head.subarray(0, magic.length).equals(magic))
    return isPlain && from + bytes <= size ? new Base64Range(path, from, bytes) : null
  } finally {
    closeSync(file)
  }
}
