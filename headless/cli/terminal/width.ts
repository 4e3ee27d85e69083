import stringWidth from 'fast-string-width'

// Box and block characters are drawn in every frame; the full rules of widths are needed for other text only.
const NARROW =
  /^[\u0020-\u007e\u00a0-\u00ff\u2013\u2014\u2019\u2026\u2190-\u21ff\u2500-\u259f\u00d7\u00b7\u2714\u2718]*$/

/** @returns Columns that `text` takes on a terminal: 2 for each CJK character, 0 for combining marks. */
export const widthOf = (text: string): number => (NARROW.test(text) ? text.length : stringWidth(text))

const graphemes = new Intl.Segmenter()

/** @returns `text` in at most `columns` columns, with `…` where it was cut; no character is cut in half. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  if (columns <= 0) return ''
  let kept = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const width = widthOf(segment)
    if (used + width > columns - 1) break
    kept += segment
    used += width
  }
  return `${kept}…`
}

/** @returns The end of `text` in at most `columns` columns, with `…` before it: for paths and URLs. */
export function cutStart(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  if (columns <= 0) return ''
  let kept = ''
  let used = 0
  for (const { segment } of [...graphemes.segment(text)].reverse()) {
    const width = widthOf(segment)
    if (used + width > columns - 1) break
    kept = segment + kept
    used += width
  }
  return `…${kept}`
}

export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - widthOf(text)))

export const padStart = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - widthOf(text))) + text

const OPENING = '[（〈《「『【〔“]*'
const CLOSING = '[，。；：、）〉》」』】〕”！？]*'
const CJK = '\\u2e80-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\uff00-\\uff60'
/** A break may follow a space or stand beside a CJK character, as both scripts are set. */
const PIECES = new RegExp(`${OPENING}(?:[^\\s${CJK}]+|[${CJK}])${CLOSING}|\\s+`, 'gu')

/** @returns `text` in lines of at most `columns` columns, broken between words. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const [piece] of text.matchAll(PIECES)) {
    if (line !== '' && widthOf(line) + widthOf(piece.trimEnd()) > columns) {
      lines.push(line.trimEnd())
      line = piece.trimStart()
    } else {
      line += piece
    }
  }
  if (line.trim() !== '' || lines.length === 0) lines.push(line.trimEnd())
  return lines
}
