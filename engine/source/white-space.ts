const SPACE = 0x20

/**
 * @returns `text` without the white space around it that the WHATWG URL parser strips: everything up to the space. Unlike
 *   `trim()` it leaves U+FEFF and the line separators of Unicode alone, which are data. Linear in the length.
 */
export function withoutWhiteSpace(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && text.charCodeAt(from) <= SPACE) from += 1
  while (to > from && text.charCodeAt(to - 1) <= SPACE) to -= 1
  return text.slice(from, to)
}
