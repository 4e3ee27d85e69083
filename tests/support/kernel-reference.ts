import { createHash } from 'node:crypto'
import { WORDS } from '../../engine/executor/kernels/corpus.ts'
import type { KernelName } from '../../shared/model/fields/cpu.ts'

/**
 * The kernels once more, slow and plain, in arithmetic of big integers where the product uses 32-bit tricks, and by
 * another way wherever there is one: a sieve for trial division, no compression at all for gzip, text put together by
 * hand for JSON, a scanner for regular expressions.
 */
type Halves = readonly [low: number, high: number]

const WORD = 2n ** 32n

function mix32(value: bigint): bigint {
  let hash = value % WORD
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) % WORD
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) % WORD
  return hash ^ (hash >> 16n)
}

/** Draws of mulberry32. */
function draws(seed: bigint): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5n) % WORD
    let hash = ((state ^ (state >> 15n)) * (state | 1n)) % WORD
    hash = ((hash + (hash ^ (hash >> 7n)) * (hash | 61n)) % WORD) ^ hash
    return Number(hash ^ (hash >> 14n))
  }
}

const seedOf = (index: number): bigint => mix32(BigInt(index) + 0x9e3779b9n)

const fold = (values: Iterable<number>): number => {
  let hash = 0n
  for (const value of values) hash = (hash * 31n + BigInt(value)) % WORD
  return Number(hash)
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

function primes(index: number, size: number): Halves {
  const first = 2 ** 20 + Number(seedOf(index) % 2n ** 20n)
  const isComposite = new Uint8Array(first + size)
  for (let factor = 2; factor * factor < first + size; factor += 1) {
    for (let multiple = factor * factor; multiple < first + size; multiple += factor)
      isComposite[multiple] = 1
  }
  let count = 0
  let sum = 0n
  for (let n = first; n < first + size; n += 1) {
    if (isComposite[n]) continue
    count += 1
    sum += BigInt(n)
  }
  return [count, Number(sum % WORD)]
}

function sha256(index: number, size: number): Halves {
  const draw = draws(seedOf(index))
  const pattern = new Uint8Array(Uint32Array.from({ length: 256 }, draw).buffer)
  let head = pattern.slice(0, 32)
  for (let round = 0; round < size; round += 1) {
    const chain = createHash('sha256').update(head).update(pattern.subarray(32))
    for (let repeat = 1; repeat < 64; repeat += 1) chain.update(pattern)
    head = Uint8Array.from(chain.digest())
  }
  const view = new DataView(head.buffer)
  return [view.getUint32(4), view.getUint32(0)]
}

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`)

function makeCorpus(): string {
  const draw = draws(0x1a7e57een)
  const wordAt = (value: number): string => WORDS[value % 64]!
  let text = ''
  for (let number = 1; text.length < 262_144; number += 1) {
    const kind = draw()
    text += wordOf(kind, draw, wordAt) + (number % 12 === 0 ? '\n' : ' ')
  }
  return text.slice(0, 262_144)
}

function wordOf(kind: number, draw: () => number, wordAt: (value: number) => string): string {
  const word = wordAt(Math.floor(kind / 16))
  if (kind % 16 === 0) return [2000 + (draw() % 100), 1 + (draw() % 12), 1 + (draw() % 28)].map(two).join('-')
  if (kind % 16 === 1) return `${word}${draw() % 100}@${wordAt(draw())}.${['com', 'org', 'net'][draw() % 3]}`
  return kind % 16 === 2 ? String(draw() % 1_000_000) : word
}

let corpus = ''

function textOf(index: number, size: number): string {
  corpus ||= makeCorpus()
  const draw = draws(seedOf(index))
  let text = ''
  for (let piece = 0; piece < size; piece += 1) {
    const offset = draw() % 261_121
    text += corpus.slice(offset, offset + 1_024)
  }
  return text
}

function gzip(index: number, size: number): Halves {
  const bytes = Buffer.from(textOf(index, size))
  return [crc32(bytes), crc32(bytes.subarray(0, size * 512))]
}

function json(index: number, size: number): Halves {
  const draw = draws(seedOf(index))
  const word = (): string => WORDS[draw() % 64]!
  const records: string[] = []
  const weights: number[] = []
  for (let id = 0; id < size; id += 1) {
    const key = `k${draw()}`
    const note = [word(), word(), word()]
    const tags = [word(), word(), word()]
    const counts = Array.from({ length: 4 }, () => draw() % 1000)
    const flag = draw() % 2
    const depth = draw() % 10
    const name = word()
    records.push(
      `{"id":${id},"key":"${key}","note":"${note[0]} \\"${note[1]}\\"\\n\\\\${note[2]}",` +
        `"tags":["${tags.join('","')}"],"counts":[${counts.join(',')}],"flag":${flag === 1},"parent":null,` +
        `"place":{"depth":${depth},"name":"${name}"}}`,
    )
    // Five characters of a note are not of its words: a space, two quotes, a line feed, a backslash.
    const letters = key + note.join('') + tags.join('') + name
    weights.push(counts.reduce((sum, count) => sum + count, id + flag + depth + letters.length + 5))
  }
  return [crc32(Buffer.from(`[${records.join(',')}]`)), fold(weights)]
}

const isLetter = (character: string | undefined): boolean =>
  character !== undefined && character >= 'a' && character <= 'z'
const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9'

/** @returns Runs of characters that `isPart` holds for, as `[start, end)`. */
function runs(
  text: string,
  isPart: (character: string | undefined) => boolean,
): [start: number, end: number][] {
  const found: [number, number][] = []
  for (let at = 0; at < text.length; at += 1) {
    if (!isPart(text[at])) continue
    const start = at
    while (isPart(text[at])) at += 1
    found.push([start, at])
  }
  return found
}

function addresses(text: string): [number, number][] {
  const found: [number, number][] = []
  for (const [start, lettersEnd] of runs(text, isLetter)) {
    let at = lettersEnd
    while (isDigit(text[at])) at += 1
    if (at === lettersEnd || text[at] !== '@' || !isLetter(text[at + 1])) continue
    at += 1
    while (isLetter(text[at])) at += 1
    if (['.com', '.org', '.net'].includes(text.slice(at, at + 4))) found.push([start, at + 4])
  }
  return found
}

/** Runs of word characters: pieces are cut anywhere, so that letters and digits may touch. */
const isWordCharacter = (character: string | undefined): boolean => isLetter(character) || isDigit(character)

function dates(text: string): [number, number][] {
  const found: [number, number][] = []
  const parts = runs(text, isWordCharacter)
  for (let at = 0; at + 2 < parts.length; at += 1) {
    const three = parts.slice(at, at + 3) as [[number, number], [number, number], [number, number]]
    const [[start, a], [b, c], [d, end]] = three
    const isJoined = text[a] === '-' && b === a + 1 && text[c] === '-' && d === c + 1
    const isSized = a - start === 4 && c - b === 2 && end - d === 2
    const isNumeric = three.every(([from, to]) => [...text.slice(from, to)].every(isDigit))
    if (!isJoined || !isSized || !isNumeric) continue
    found.push([start, end])
    at += 2
  }
  return found
}

const sameEnds = (text: string): [number, number][] =>
  runs(text, isWordCharacter).filter(([start, end]) => {
    const word = text.slice(start, end)
    return end - start > 1 && [...word].every(isLetter) && word.at(0) === word.at(-1)
  })

/** Three words, each followed by one space, then a number; the first word may be the end of a longer one, no more. */
function wordsAndNumber(text: string): [number, number][] {
  const found: [number, number][] = []
  let from = 0
  for (const [numberStart, numberEnd] of runs(text, isDigit)) {
    let at = numberStart
    let words = 0
    while (words < 3 && text[at - 1] === ' ' && isLetter(text[at - 2])) {
      at -= 2
      while (at > from && isLetter(text[at - 1])) at -= 1
      words += 1
    }
    if (words < 3 || at < from) continue
    found.push([at, numberEnd])
    from = numberEnd
  }
  return found
}

function regex(index: number, size: number): Halves {
  const text = textOf(index, size)
  const found = [...addresses(text), ...dates(text), ...sameEnds(text), ...wordsAndNumber(text)]
  return [fold(found.map(([start]) => start)), fold(found.map(([start, end]) => end - start))]
}

function matrix(index: number, size: number): Halves {
  const draw = draws(seedOf(index))
  const rows = (): number[][] =>
    Array.from({ length: size }, () => Array.from({ length: size }, () => draw() / 4_294_967_296))
  const left = rows()
  const right = rows()
  const product = left.flatMap(row =>
    right.map((_, column) => row.reduce((sum, element, at) => sum + element * right[at]![column]!, 0)),
  )
  const view = new DataView(Float64Array.from(product).buffer)
  const words = (offset: number): number[] => product.map((_, at) => view.getUint32(at * 8 + offset, true))
  return [fold(words(0)), fold(words(4))]
}

function mandelbrot(index: number, size: number): Halves {
  const draw = draws(seedOf(index))
  const dx = draw() / 4_294_967_296
  const dy = draw() / 4_294_967_296
  const steps = Array.from({ length: size * size }, (_, point) => {
    const real = -2 + ((point % size) + dx) * (2.5 / size)
    const imaginary = -1.25 + (Math.floor(point / size) + dy) * (2.5 / size)
    let [x, y, count] = [0, 0, 0]
    for (; count < 256 && x * x + y * y <= 4; count += 1)
      [x, y] = [x * x - y * y + real, 2 * x * y + imaginary]
    return count
  })
  return [steps.reduce((sum, count) => sum + count, 0) % 2 ** 32, fold(steps)]
}

const KERNEL_REFERENCE: Readonly<Record<KernelName, (index: number, size: number) => Halves>> = {
  primes,
  sha256,
  gzip,
  json,
  regex,
  matrix,
  mandelbrot,
}

/** @returns The digest of a task as 16 hexadecimal digits, the high half first. */
export function referenceDigest(kernel: KernelName, index: number, size: number): string {
  const [resultLow, resultHigh] = KERNEL_REFERENCE[kernel](index, size)
  const low = mix32(BigInt(resultLow) ^ mix32(BigInt(index) + 1n))
  const high = mix32(BigInt(resultHigh) ^ mix32(low + BigInt(index)))
  return ((high << 32n) | low).toString(16).padStart(16, '0')
}
