import { gb18030Text, gb18030Width } from './decode.ts'

/** Share of common characters among those that are not ASCII. */
const COMMON_RATIO = 0.7
/** Least number of different common characters: a few pairs of accented letters are common in Latin-1 too. */
const DIFFERENT_CHARACTERS = 4
/** From so many ideographs on, their spread is looked at. */
const SPREAD_CHARACTERS = 12
/** Least share of ideographs beyond the place where Korean syllables end. */
const SPREAD_RATIO = 0.05

/** What a head consists of, read as GB18030. */
interface Census {
  /** Characters beyond ASCII. */
  wide: number
  /** Ideographs, punctuation and full-width forms of GB 2312. */
  common: number
  ideographs: number
  /** Ideographs beyond the row 0xC8. */
  beyond: number
  /** Codes of common characters. */
  readonly different: Set<number>
  /** Where the last whole character ends. */
  end: number
}

/**
 * What cannot be UTF-8 is taken for GB18030 only when everything is valid in it and most of it is what Chinese text is
 * made of: the ideographs, punctuation and full-width forms of GB 2312. Latin-1 and its like fail the first test as soon
 * as an accented letter stands before a space; Big5, Shift JIS and EUC-JP fail the second; EUC-KR is valid and common
 * throughout, but has no ideograph beyond the row 0xC8. UTF-8 with a few bad bytes may pass all of them, but then most
 * of it still is UTF-8.
 *
 * @param head Not valid UTF-8.
 * @param isWhole No byte follows; otherwise the last character may be incomplete.
 * @returns What speaks for GB18030; `null` when that is not enough.
 */
export function gb18030Evidence(head: Buffer, isWhole: boolean): string | null {
  // No text in GB18030 has them, nearly all text in UTF-16 does.
  if (head.includes(0)) return null
  const { wide, common, ideographs, beyond, different, end } = count(head, isWhole)
  if (different.size < DIFFERENT_CHARACTERS || common < COMMON_RATIO * wide) return null
  if (ideographs >= SPREAD_CHARACTERS && beyond < SPREAD_RATIO * ideographs) return null
  if (isMostlyUtf8(head) || gb18030Text(head.subarray(0, end)) === null) return null
  const percent = ((100 * common) / wide).toFixed(1)
  return `not valid UTF-8, but valid GB18030, and ${percent} % of its ${wide.toLocaleString('en')} characters beyond ASCII are common Chinese ones`
}

function count(head: Buffer, isWhole: boolean): Census {
  const census = { wide: 0, common: 0, ideographs: 0, beyond: 0, different: new Set<number>(), end: 0 }
  while (census.end < head.length) {
    const at = census.end
    const lead = head[at] as number
    const width = gb18030Width(head, at)
    const isCut = at + width > head.length || (width === 1 && lead > 0x80)
    if (isCut) {
      // What is cut at the end of everything is no character, and is found so when it is decoded.
      if (isWhole) census.end = head.length
      break
    }
    if (lead >= 0x80) census.wide += 1
    if (width === 2) countPair(census, lead, head[at + 1] as number)
    census.end += width
  }
  return census
}

function countPair(census: Census, lead: number, second: number): void {
  const isIdeograph = lead >= 0xb0 && lead <= 0xf7
  const isSign = lead >= 0xa1 && lead <= 0xa3
  if (second < 0xa1 || !(isIdeograph || isSign)) return
  census.common += 1
  census.different.add((lead << 8) | second)
  if (isIdeograph) census.ideographs += 1
  if (isIdeograph && lead > 0xc8) census.beyond += 1
}

/** Whether more than half of the bytes beyond ASCII belong to valid characters of UTF-8. */
function isMostlyUtf8(head: Buffer): boolean {
  let wide = 0
  for (const byte of head) if (byte >= 0x80) wide += 1
  const isValid = (character: string): boolean => character >= '\u0080' && character !== '\ufffd'
  let valid = 0
  for (const character of head.toString('utf8')) if (isValid(character)) valid += Buffer.byteLength(character)
  return 2 * valid > wide
}
