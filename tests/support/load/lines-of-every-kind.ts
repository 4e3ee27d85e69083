import { seededRandom } from '../engine/random.ts'

/** What Python's `str.strip()` takes away, what JavaScript's `trim()` takes away, and what only looks empty. */
const SPACES = [
  ...['\t', '\v', '\f', ' ', '\u001c', '\u001d', '\u001e', '\u001f', '\u0085', '\u00a0', '\u1680'],
  ...['\u2000', '\u2001', '\u2002', '\u2003', '\u2004', '\u2005', '\u2006', '\u2007', '\u2008', '\u2009'],
  ...[
    '\u200a',
    '\u2028',
    '\u2029',
    '\u202f',
    '\u205f',
    '\u3000',
    '\ufeff',
    '\u200b',
    '\u180e',
    '\u2060',
    '\0',
  ],
]
const LINE_ENDS = ['\n', '\n', '\n', '\r\n', '\r']
const WORDS = ['value', 'größe', '值', '🌊', 'a b', '"quoted"', '*3\r\n'.trim(), '$5', 'x'.repeat(300), '']

/**
 * A file with every kind of line end and white space, valid UTF-8, its last line without an end. It begins with a byte
 * order mark, which is text to Python.
 */
export function linesOfEveryKind(count: number, seed: number): Buffer {
  const random = seededRandom(seed)
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!
  const someSpaces = (): string => {
    let text = ''
    while (random() < 0.3) text += pick(SPACES)
    return text
  }
  const lines = Array.from({ length: count }, (_, at) => {
    const text = `${someSpaces()}${pick(WORDS)}${someSpaces()}${at}${someSpaces()}`
    return random() < 0.05 ? someSpaces() : text
  })
  const body = lines
    .map((line, at) => (at === count - 1 ? `${line}end` : `${line}${pick(LINE_ENDS)}`))
    .join('')
  return Buffer.from(`\ufeff${body}`)
}
