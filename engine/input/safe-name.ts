/** Longest name in bytes of UTF-8: file systems take 255, and something is put behind it. */
const NAME_BYTES = 200
const EXTENSION_BYTES = 40
const NAMELESS = 'file'

/** Control characters, those that turn writing round, and what Windows has in no name. */
// eslint-disable-next-line no-control-regex -- finding control characters is the point
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff<>:"|?*]/g

/** Devices of Windows, whatever their extension. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/**
 * @param name As a browser says it; nothing in it is trusted.
 * @returns A name for a file in a folder of its own: no path, no control characters, at most 200 bytes, with the extension
 *   that says what the file is.
 */
export function safeName(name: string): string {
  const base = (name.split(/[/\\]/).at(-1) ?? '').toWellFormed().replace(UNSAFE, '').trim()
  const visible = base.replace(/^[.\s]+/, '').replace(/[.\s]+$/, '')
  if (visible === '') return NAMELESS
  if (RESERVED.test(visible)) return `_${visible}`
  if (Buffer.byteLength(visible) <= NAME_BYTES) return visible
  // Both of `.csv.gz`: the first says what is in it.
  const extension = /(?:\.[^.]{1,12}){1,2}$/.exec(visible)?.[0] ?? ''
  const kept = Buffer.byteLength(extension) <= EXTENSION_BYTES ? extension : ''
  const stem = visible.slice(0, visible.length - kept.length)
  return cut(stem, NAME_BYTES - Buffer.byteLength(kept)) + kept
}

/** @returns As many characters from the beginning as take at most `bytes` in UTF-8. */
function cut(text: string, bytes: number): string {
  let length = 0
  let taken = ''
  for (const character of text) {
    length += Buffer.byteLength(character)
    if (length > bytes) break
    taken += character
  }
  return taken
}
