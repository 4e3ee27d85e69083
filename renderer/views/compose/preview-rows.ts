import type { Text } from '../../composables/useText.ts'
import type { Preview } from '../../stores/compose/previews.ts'

export interface PreviewRow {
  readonly key: number
  readonly index: string
  readonly verb: string
  readonly what: string
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
      what: headers.length === 0 ? url : `${url}  ${headers.join('  ')}`,
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
      refusal: isRefused ? rest.join(' ') : null,
    }
  })
}
