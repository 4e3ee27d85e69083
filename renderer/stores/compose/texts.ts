/** More URLs than this become one list, as somebody would keep them. */
export const SINGLE_PLACES = 20

const URL_START = /^[a-z][a-z0-9+.-]+:\/\/\S/i

/** What a pasted or typed text is: places to name one by one, or a list to be sent as a file. */
export type TextInput =
  | { readonly is: 'places'; readonly places: readonly string[] }
  | { readonly is: 'list'; readonly text: string; readonly urls: number }

/** @returns The lines of a text that name something; comments of a `text/uri-list` are none. */
export function readText(text: string): TextInput {
  const lines = text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
  if (lines.length <= SINGLE_PLACES) return { is: 'places', places: lines.map(unquoted) }
  return { is: 'list', text: `${lines.join('\n')}\n`, urls: lines.length }
}

/** Whether a file of this name is a job, to be opened and not to be read from. */
export const isJobName = (name: string): boolean => name.toLowerCase().endsWith('.ilv.json')

/** The same of a place, of which a URL is none. */
export const isJobPath = (place: string): boolean => isJobName(place) && !URL_START.test(place)

/** Whether a text that was pasted anywhere on the page is meant as an input. */
export const holdsUrls = (text: string): boolean =>
  text.split(/\r?\n/).some(line => URL_START.test(line.trim()))

/** A path as a file manager copies it, in quotes or as a `file:` URL. */
function unquoted(line: string): string {
  const inner = /^(["'])(.*)\1$/.exec(line)?.[2] ?? line
  if (!/^file:\/\/\//i.test(inner)) return inner
  try {
    const path = decodeURIComponent(new URL(inner).pathname)
    return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path
  } catch {
    // Not encoded as a URL: what was typed is looked at as it is.
    return inner
  }
}
