import { TextDecoder } from 'node:util'

/** How far a page is searched for its own word on the charset (HTML standard). */
export const PRESCAN_BYTES = 1_024

/**
 * Which charset a page is read in: its byte order mark, else the header, else what it says itself in its first
 * kilobyte, else UTF-8. Whatever does not decode becomes replacement characters.
 *
 * @param start The first bytes of the page, {@link PRESCAN_BYTES} of them if there are as many.
 */
export function charsetOf(contentType: string, start: Buffer): string {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8'
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
  const inHeader = /;\s*charset\s*=\s*["']?([^\s"';,]+)/i.exec(contentType)?.[1]
  if (inHeader !== undefined) return inHeader
  const text = start.toString('latin1', 0, PRESCAN_BYTES)
  const inPage = /<meta[^>]{0,512}?\bcharset\s*=\s*["']?([^\s"'/>;]+)/i.exec(text)?.[1]
  // A page whose ASCII could be read so far is not in UTF-16, whatever it says.
  return inPage === undefined || /^utf-?16/i.test(inPage) ? 'utf-8' : inPage
}

/** @returns A decoder for `charset`; for UTF-8 when there is no such charset. */
export function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder('utf-8')
  }
}
