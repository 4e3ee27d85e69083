import { fileURLToPath } from 'node:url'
import { resolve } from 'node:path'

/** Something that the person opened with the app. */
export type Opened =
  { readonly is: 'url'; readonly url: string } | { readonly is: 'path'; readonly path: string }

/** A drop of a whole folder's files on the icon comes as arguments. */
const MOST = 1_000

/**
 * Reads what the app is to open, whoever says so: its own arguments, those of a second start, the system's `open-file`, a
 * drop on the icon. Anything that begins with a dash is a switch of Chromium's and means nothing here.
 *
 * @param cwd What relative paths are relative to.
 */
export function readOpened(words: readonly string[], cwd: string): readonly Opened[] {
  return words.flatMap(word => readOne(word, cwd)).slice(0, MOST)
}

function readOne(word: string, cwd: string): readonly Opened[] {
  if (word === '' || word.startsWith('-') || word.includes('\0')) return []
  if (/^https?:\/\//i.test(word)) return URL.canParse(word) ? [{ is: 'url', url: word }] : []
  if (/^file:/i.test(word)) return fromFileUrl(word)
  // Any other scheme is somebody else's; a drive letter is none.
  if (/^[a-z][a-z0-9+.-]+:/i.test(word)) return []
  return [{ is: 'path', path: resolve(cwd, word) }]
}

function fromFileUrl(word: string): readonly Opened[] {
  try {
    return [{ is: 'path', path: fileURLToPath(word) }]
  } catch {
    // Of another machine, or not encoded as an address.
    return []
  }
}
