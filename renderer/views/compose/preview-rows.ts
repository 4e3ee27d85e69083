import type { Text } from '../../composables/useText.ts'
import type { Preview } from '../../stores/compose/previews.ts'

export interface PreviewRow {
  readonly key: number
  readonly index: string
  readonly verb: string
  readonly what: string
  /** Seen when it is pointed at. */
  readonly more: string
  /** Why this one would not be done; `null` as a rule. */
  readonly refusal: string | null
}

/** What an argument is put in when it holds white space, so that one argument is seen as one. */
const shown = (argument: string): string =>
  argument === '' || /[\s"]/.test(argument) ? JSON.stringify(argument) : argument

export function previewRows(preview: Preview, t: Text): readonly PreviewRow[] {
  if (preview.kind === 'crawl') {
    return preview.preview.requests.map(({ index, method, url, headers, refusal }) => ({
      key: index,
      index: String(index),
      verb: refusal === null ? method : t('compose.preview.refused'),
      what: url,
      more: headers.join('\n'),
      refusal: refusal?.message ?? null,
    }))
  }
  return preview.preview.commands.map(([verb = '', ...rest], at) => {
    const isRefused = verb === 'refused'
    return {
      key: at,
      index: String(at),
      verb: isRefused ? t('compose.preview.rejected') : verb,
      what: isRefused ? '' : rest.map(shown).join(' '),
      more: '',
      refusal: isRefused ? rest.join(' ') : null,
    }
  })
}

/** @returns Headers that all of the requests have; empty for a load. */
export function commonHeaders(preview: Preview): readonly string[] {
  if (preview.kind === 'load') return []
  const [first, ...others] = preview.preview.requests
  return (first?.headers ?? []).filter(line => others.every(({ headers }) => headers.includes(line)))
}
