import { corpusText, PIECE_BYTES, pieceOffset } from './corpus.ts'
import { fold31 } from './digest.ts'
import type { Kernel } from './kernel.ts'
import { Random, seedOf } from './random.ts'

const PATTERNS = [
  /[a-z]+[0-9]+@[a-z]+\.(?:com|org|net)/g,
  /\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b/g,
  /\b([a-z])[a-z]*\1\b/g,
  /(?:[a-z]+ ){3}[0-9]+/g,
] as const

function makeText(size: number, random: Random): string {
  const corpus = corpusText()
  const pieces: string[] = []
  for (let piece = 0; piece < size; piece += 1) {
    const offset = pieceOffset(random)
    pieces.push(corpus.slice(offset, offset + PIECE_BYTES))
  }
  return pieces.join('')
}

/** Folds every match of one pattern into `result`: its start into the low half, its length into the high one. */
function scan(pattern: RegExp, text: string, result: Uint32Array): void {
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    result[0] = fold31(result[0]!, match.index)
    result[1] = fold31(result[1]!, match[0].length)
  }
}

/**
 * Searches `size` KiB of text for four patterns, one after the other, from left to right without overlap: e-mail
 * addresses, dates, words that end as they begin (a back reference), and three words before a number (backtracking).
 * The text is made of pieces of the corpus as for gzip. The patterns mean the same in Python's `re` on ASCII text.
 *
 * Low: `low * 31 + start` over all matches from 0. High: `high * 31 + length`.
 */
export const regex: Kernel = {
  name: 'regex',
  defaultSize: 144,
  maxSize: 65_536,
  make: () => (index, size, result) => {
    const text = makeText(size, new Random(seedOf(index)))
    result.fill(0)
    for (const pattern of PATTERNS) scan(pattern, text, result)
  },
}
