import { Random } from './random.ts'

/** Length of the corpus; every character is ASCII. */
export const CORPUS_BYTES = 262_144
const PIECE_BYTES = 1_024
const SEED = 0x1a7e57ee
const TOKENS_PER_LINE = 12
const DOMAINS = ['com', 'org', 'net'] as const

export const WORDS: readonly string[] = (
  'ago air alpha area array bell blob block branch bytes cache chunk clock code core count ' +
  'data delta digest door east edge else engine error event fiber field fleet flow frame gang ' +
  'gate graph hash heap idle index job kick kernel lane latency lock loop mutex node north ' +
  'order page permit pool queue rate ring run seed shared source stats task thread tick worker'
).split(' ')

const twoDigits = (value: number): string => String(value).padStart(2, '0')

function token(random: Random): string {
  const draw = random.next()
  const word = WORDS[(draw >>> 4) % WORDS.length]!
  switch (draw % 16) {
    case 0: {
      const year = 2000 + random.below(100)
      const month = 1 + random.below(12)
      return `${year}-${twoDigits(month)}-${twoDigits(1 + random.below(28))}`
    }
    case 1: {
      const number = random.below(100)
      const host = WORDS[random.below(WORDS.length)]!
      return `${word}${number}@${host}.${DOMAINS[random.below(DOMAINS.length)]!}`
    }
    case 2:
      return String(random.below(1_000_000))
    default:
      return word
  }
}

function build(): string {
  const random = new Random(SEED)
  const tokens: string[] = []
  let length = 0
  while (length < CORPUS_BYTES) {
    const text = token(random) + ((tokens.length + 1) % TOKENS_PER_LINE === 0 ? '\n' : ' ')
    tokens.push(text)
    length += text.length
  }
  return tokens.join('').slice(0, CORPUS_BYTES)
}

let corpus: string | undefined

/**
 * The text that kernels cut their data from, made once in each worker.
 *
 * Tokens from `Random(0x1a7e57ee)` are joined until 262,144 characters are there, and cut to that length. Each token
 * draws `d`; `w = WORDS[(d >>> 4) % 64]`, and by `d % 16`: 0 a date (three draws: `2000 + r % 100`, `1 + r % 12`,
 * `1 + r % 28`, as YYYY-MM-DD); 1 an address (three draws `a, b, c`: `w` + `a % 100` + `@` + `WORDS[b % 64]` + `.` + one
 * of com, org, net by `c % 3`); 2 a number (`r % 1000000`); else `w`. A space follows, a line feed after each 12th token.
 */
export const corpusText = (): string => (corpus ??= build())

/** @returns Where the next piece of 1,024 characters begins: `random.next() % 261121`. */
export const pieceOffset = (random: Random): number => random.below(CORPUS_BYTES - PIECE_BYTES + 1)

export { PIECE_BYTES }
