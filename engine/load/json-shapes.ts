import { isUtf8 } from 'node:buffer'

/** Shapes that are kept; a file whose objects have more forgets them all and begins again. */
const SHAPES = 256
/** Names longer than this in all are not kept: their record pays for itself. */
const KEPT_BYTES = 16 * 2 ** 10

/** The names of an object's members, in their order: most records of a file share a few of them. */
export interface Shape {
  /** The names as written, one behind the other, each followed by a quote, which no name contains. */
  readonly written: Buffer
  readonly names: readonly string[]
  readonly positions: ReadonlyMap<string, number>
  /** Positions of two members of one name; `null` as a rule. */
  readonly duplicate: readonly [first: number, second: number] | null
  /** Position of a member whose name is not text: invalid bytes, or half a character; -1 as a rule. */
  readonly unreadable: number
}

/** Where the names of one object are: `bytes[starts[i], ends[i])` for each `i` below `count`. */
export interface WrittenNames {
  readonly bytes: Buffer
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly count: number
}

/** Finds the shape of an object without decoding names that were seen before. */
export class ShapeCache {
  readonly #byHash = new Map<number, Shape>()
  #last: Shape | null = null

  find(bytes: Buffer, starts: Int32Array, ends: Int32Array, count: number): Shape {
    const last = this.#last
    if (last !== null && isWrittenAs(last, bytes, starts, ends, count)) return last
    const hash = hashOf(bytes, starts, ends, count)
    let shape = this.#byHash.get(hash)
    if (shape === undefined || !isWrittenAs(shape, bytes, starts, ends, count)) {
      shape = makeShape({ bytes, starts, ends, count })
      if (shape.written.length <= KEPT_BYTES) this.#keep(hash, shape)
    }
    this.#last = shape
    return shape
  }

  #keep(hash: number, shape: Shape): void {
    if (this.#byHash.size >= SHAPES) this.#byHash.clear()
    this.#byHash.set(hash, shape)
  }
}

function isWrittenAs(
  shape: Shape,
  bytes: Buffer,
  starts: Int32Array,
  ends: Int32Array,
  count: number,
): boolean {
  if (shape.names.length !== count) return false
  const written = shape.written
  let to = 0
  for (let member = 0; member < count; member += 1) {
    const end = ends[member] as number
    // The quote behind the name belongs to it: so neither can be the beginning of the other.
    for (let at = starts[member] as number; at <= end; at += 1) {
      if (written[to] !== bytes[at]) return false
      to += 1
    }
  }
  return true
}

/** FNV-1a over the names and the quotes behind them. */
function hashOf(bytes: Buffer, starts: Int32Array, ends: Int32Array, count: number): number {
  let hash = 0x811c9dc5
  for (let member = 0; member < count; member += 1) {
    const end = ends[member] as number
    for (let at = starts[member] as number; at <= end; at += 1)
      hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  }
  return hash
}

function makeShape({ bytes, starts, ends, count }: WrittenNames): Shape {
  const names: string[] = []
  const parts: Buffer[] = []
  const positions = new Map<string, number>()
  let duplicate: Shape['duplicate'] = null
  let unreadable = -1
  for (let member = 0; member < count; member += 1) {
    const part = bytes.subarray(starts[member], (ends[member] as number) + 1)
    const name = JSON.parse(`"${part.toString('utf8')}`) as string
    if (unreadable < 0 && !(isUtf8(part) && name.isWellFormed())) unreadable = member
    const first = positions.get(name)
    if (first === undefined) positions.set(name, member)
    else duplicate ??= [first, member]
    names.push(name)
    parts.push(part)
  }
  return { written: Buffer.concat(parts), names, positions, duplicate, unreadable }
}
