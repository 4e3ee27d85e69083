import { gb18030Text, gb18030Width } from './decode.ts'

/** Share of common characters among those that are not ASCII. */
const COMMON_RATIO = 0.7
/** From so many ideographs on, their spread is looked at. */
const SPREAD_CHARACTERS = 20
/** Least share of ideographs beyond the place where Korean syllables end. */
const SPREAD_RATIO = 0.05

/**
 * What cannot be UTF-8 is taken for GB18030 only when everything is valid in it and most of it is what Chinese text is
 * made of: the ideographs, punctuation and full-width forms of GB 2312. Latin-1 and its like fail the first test as soon
 * as an accented letter stands before a space; Big5, Shift JIS and EUC-JP fail the second; EUC-KR is valid and common
 * throughout, but has no ideograph beyond the row 0xC8.
 *
 * @param head Not valid UTF-8.
 * @param isWhole No byte follows; otherwise the last character may be incomplete.
 * @returns What speaks for GB18030; `null` when that is not enough.
 */
export function gb18030Evidence(head: Buffer, isWhole: boolean): string | null {
  // No text in GB18030 has them, nearly all text in UTF-16 does.
  if (head.includes(0)) return null
  let common = 0
  let wide = 0
  let ideographs = 0
  let beyond = 0
  let at = 0
  while (at < head.length) {
    const width = gb18030Width(head, at)
    const isCut = at + width > head.length || (width === 1 && (head[at] as number) > 0x80)
    if (isCut && !isWhole) break
    if (width > 1 || (head[at] as number) >= 0x80) wide += 1
    if (width === 2 && !isCut) {
      const lead = head[at] as number
      const isSquare = (head[at + 1] as number) >= 0xa1
      const isIdeograph = isSquare && lead >= 0xb0 && lead <= 0xf7
      if (isIdeograph || (isSquare && lead >= 0xa1 && lead <= 0xa3)) common += 1
      if (isIdeograph) ideographs += 1
      if (isIdeograph && lead > 0xc8) beyond += 1
    }
    at += width
  }
  if (wide === 0 || common < COMMON_RATIO * wide) return null
  if (ideographs >= SPREAD_CHARACTERS && beyond < SPREAD_RATIO * ideographs) return null
  if (gb18030Text(head.subarray(0, Math.min(at, head.length))) === null) return null
  const percent = ((100 * common) / wide).toFixed(1)
  return `not valid UTF-8, but valid GB18030, and ${percent} % of its ${wide.toLocaleString('en')} characters beyond ASCII are common Chinese ones`
}
