import { closeSync, openSync, readSync } from 'node:fs'
import { isMissing, storageError } from './storage-error.ts'

/** What SQLite will not say of the journal's write-ahead log: whether it lost commits when it was read. */
export interface LogSurvey {
  /** Pages that belong to the log but that nobody can read any more; 0 as a rule. */
  readonly lostPages: number
  /** Commits that ended in one of them. */
  readonly lostCommits: number
}

const SOUND: LogSurvey = { lostPages: 0, lostCommits: 0 }

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** The lowest bit says in which order the bytes of checksums stand; the format is that of https://sqlite.org/fileformat2.html#walformat */
const MAGIC = 0x377f0682
const PAGE_SIZE_AT = 8
const SALT_AT = 16
const CHECKSUM_AT = 24
/** In a frame: the size of the file after the commit that it ends, else 0; then as in the log's header. */
const COMMIT_AT = 4
const FRAME_SALT_AT = 8
const FRAME_CHECKSUM_AT = 16
/** The page size of every journal, where the log's own header cannot be believed. */
const PAGE_BYTES = 4_096

/**
 * Looks through the write-ahead log of a database that nobody has open. SQLite reads it up to the first page that is not
 * whole and takes what follows for the leftovers of an earlier log, so that one changed bit would undo commits without a
 * word. Leftovers have other salts, by which both can be told apart.
 *
 * @param path Of the database.
 */
export function surveyLog(path: string): LogSurvey {
  const log = `${path}-wal`
  let file: number
  try {
    file = openSync(log, 'r')
  } catch (error) {
    if (isMissing(error)) return SOUND
    throw storageError(error, log)
  }
  try {
    return survey(file)
  } catch (error) {
    throw storageError(error, log)
  } finally {
    closeSync(file)
  }
}

function survey(file: number): LogSurvey {
  const header = Buffer.alloc(HEADER_BYTES)
  const headerBytes = readSync(file, header, 0, HEADER_BYTES, 0)
  if (headerBytes === 0) return SOUND
  const isLittle = header.readUInt32BE(0) === MAGIC
  const sum = new RunningSum(isLittle)
  sum.add(header, 0, CHECKSUM_AT)
  const isReadable =
    headerBytes === HEADER_BYTES &&
    (isLittle || header.readUInt32BE(0) === MAGIC + 1) &&
    sum.equals(header, CHECKSUM_AT)
  const frames = new Frames(file, isReadable ? header.readUInt32BE(PAGE_SIZE_AT) : PAGE_BYTES)
  let salts = isReadable ? saltsAt(header, SALT_AT) : null
  let isWhole = isReadable
  let lostPages = isReadable ? 0 : 1
  let lostCommits = 0
  for (let frame = frames.next(); frame !== null; frame = frames.next()) {
    const own = saltsAt(frame, FRAME_SALT_AT)
    salts ??= own
    if (isWhole) {
      sum.add(frame, 0, FRAME_SALT_AT)
      sum.add(frame, FRAME_HEADER_BYTES, frame.length)
      isWhole = isSame(own, salts) && sum.equals(frame, FRAME_CHECKSUM_AT)
    }
    // One of the two is enough: the bit that changed may be in the other.
    if (isWhole || (own[0] !== salts[0] && own[1] !== salts[1])) continue
    lostPages += 1
    if (frame.readUInt32BE(COMMIT_AT) !== 0) lostCommits += 1
  }
  // Its end was cut off, or never written.
  if (frames.restBytes > 0 && isWhole) lostPages += 1
  return { lostPages, lostCommits }
}

type Salts = readonly [number, number]

const saltsAt = (bytes: Buffer, at: number): Salts => [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
const isSame = (a: Salts, b: Salts): boolean => a[0] === b[0] && a[1] === b[1]

/** The checksum that goes on from the log's header through every page of it. */
class RunningSum {
  readonly #isLittle: boolean
  #first = 0
  #second = 0

  constructor(isLittle: boolean) {
    this.#isLittle = isLittle
  }

  /** @param end A multiple of eight bytes from `start`. */
  add(bytes: Buffer, start: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = start; at < end; at += 8) {
      this.#first = (this.#first + view.getInt32(at, this.#isLittle) + this.#second) | 0
      this.#second = (this.#second + view.getInt32(at + 4, this.#isLittle) + this.#first) | 0
    }
  }

  equals(bytes: Buffer, at: number): boolean {
    return bytes.readInt32BE(at) === this.#first && bytes.readInt32BE(at + 4) === this.#second
  }
}

/** Reads one frame after another, many at once. */
class Frames {
  readonly #file: number
  readonly #frameBytes: number
  readonly #buffer: Buffer
  #position = HEADER_BYTES
  #at = 0
  #length = 0

  constructor(file: number, pageBytes: number) {
    this.#file = file
    this.#frameBytes = FRAME_HEADER_BYTES + pageBytes
    this.#buffer = Buffer.allocUnsafeSlow(this.#frameBytes * 64)
  }

  /** Bytes behind the last whole frame, once {@link next} has found no more. */
  get restBytes(): number {
    return this.#length - this.#at
  }

  next(): Buffer | null {
    if (this.#at + this.#frameBytes > this.#length) this.#fill()
    if (this.#at + this.#frameBytes > this.#length) return null
    const frame = this.#buffer.subarray(this.#at, this.#at + this.#frameBytes)
    this.#at += this.#frameBytes
    return frame
  }

  #fill(): void {
    this.#buffer.copyWithin(0, this.#at, this.#length)
    this.#length -= this.#at
    this.#at = 0
    for (;;) {
      const read = readSync(
        this.#file,
        this.#buffer,
        this.#length,
        this.#buffer.length - this.#length,
        this.#position,
      )
      this.#length += read
      this.#position += read
      if (read === 0 || this.#length === this.#buffer.length) return
    }
  }
}
