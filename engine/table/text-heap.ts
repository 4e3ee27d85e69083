import { LOWER_BYTE } from './lower-case.ts'

/** A text lies in one piece whole. Made larger than any text of a row. */
const CHUNK_SHIFT = 24
const CHUNK_BYTES = 2 ** CHUNK_SHIFT
const CHUNK_MASK = CHUNK_BYTES - 1
/** Ends every text; no UTF-8 contains it, so that nothing that is searched for reaches across two texts. */
const END = 0xff
/** Longest text that is kept to be searched, in bytes; of a longer one its beginning. */
export const SEARCHED_BYTES = 16_384
/** Most texts of one row. */
const TEXTS_A_ROW = 2

/**
 * The texts of rows, in lower case, one behind the other: only there to be searched.
 *
 * Kept in pieces of 16 MiB so that growing copies nothing.
 */
export class TextHeap {
  readonly #chunks: Buffer[] = []
  #end = 0

  /** Bytes in use, which is where the next text begins. */
  get end(): number {
    return this.#end
  }

  /** @returns Where the texts of a new row begin. Some room for them is made first, so that they stay together. */
  begin(): number {
    const allocated = this.#chunks.length * CHUNK_BYTES
    if (allocated - this.#end < TEXTS_A_ROW * (SEARCHED_BYTES + 1)) {
      // Nothing is ever found in what was never written.
      this.#chunks.at(-1)?.fill(END, CHUNK_BYTES - (allocated - this.#end))
      this.#end = allocated
      this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK_BYTES))
    }
    return this.#end
  }

  /** Adds `bytes[start, stop)`, which is UTF-8. At most {@link TEXTS_A_ROW} follow one {@link begin}. */
  add(bytes: Uint8Array, start: number, stop: number): void {
    const end = Math.min(stop, start + SEARCHED_BYTES)
    const chunk = this.#chunks[this.#chunks.length - 1]!
    const from = this.#end & CHUNK_MASK
    let to = from
    let all = 0
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at]!
      all |= byte
      chunk[to] = LOWER_BYTE[byte]!
      to += 1
    }
    if (all > 0x7f) to = from + lowerText(bytes, start, end, chunk.subarray(from, from + SEARCHED_BYTES))
    chunk[to] = END
    this.#end += to + 1 - from
  }

  /** Ends a row that has no text: even then its place is its own. */
  addNothing(): void {
    this.#chunks[this.#chunks.length - 1]![this.#end & CHUNK_MASK] = END
    this.#end += 1
  }

  /**
   * Marks the rows whose texts contain `text`, upper and lower case alike.
   *
   * @param starts Where the texts of the last rows begin, as many of them as are to be looked at.
   * @param mask Of each of these rows; set to 0 where its texts do not contain it.
   */
  search(text: string, starts: Uint32Array, mask: Uint8Array): void {
    const needle = Buffer.from(text.toLowerCase())
    let row = 0
    while (row < starts.length) {
      const number = starts[row]! >>> CHUNK_SHIFT
      const end = firstAtOrAfter(starts, (number + 1) * CHUNK_BYTES, row)
      this.#searchChunk(number, needle, starts.subarray(row, end), mask.subarray(row, end))
      row = end
    }
  }

  /** @param starts Of the rows of one chunk, all of it that is searched. */
  #searchChunk(number: number, needle: Buffer, starts: Uint32Array, mask: Uint8Array): void {
    const base = number * CHUNK_BYTES
    const origin = starts[0]!
    const rows = starts.length
    // V8 searches a string of one byte a character faster than a buffer, above all where there are many hits.
    const texts = this.#chunks[number]!.toString(
      'latin1',
      origin - base,
      Math.min(this.#end - base, CHUNK_BYTES),
    )
    const wanted = needle.toString('latin1')
    let row = 0
    let hit = texts.indexOf(wanted)
    while (hit >= 0) {
      const at = origin + hit
      while (row + 1 < rows && starts[row + 1]! <= at) {
        mask[row] = 0
        row += 1
      }
      row += 1
      if (row >= rows) return
      hit = texts.indexOf(wanted, starts[row]! - origin)
    }
    mask.fill(0, row)
  }
}

/** @returns The first row from `from` on whose texts begin at `offset` or behind it; one past the last when there is none. */
function firstAtOrAfter(starts: Uint32Array, offset: number, from: number): number {
  let low = from
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (starts[middle]! < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** @returns Bytes written. Lower case may take more of them than upper case; what has no room is left out. */
function lowerText(bytes: Uint8Array, start: number, end: number, into: Buffer): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
  return into.write(text.toLowerCase())
}
