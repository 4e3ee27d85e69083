import { STATUS_KINDS, type FailureKind, type StatusKind } from '../../../shared/model/failure-kind.ts'
import type { ErrorCode } from '../../../shared/model/error.ts'
import { useText } from '../../composables/useText.ts'
import type { FailureLines } from '../../stores/live/failure-lines.ts'

/** How kinds of failures are called. */
export function useFailureWords() {
  const { t, locale } = useText()

  /** @param kind `null` for all that have no line of their own. @param lines How many lines there are. */
  const kindWords = (kind: FailureKind | null, lines: number): string => {
    if (kind === null) return t(lines === 1 ? 'failures.all' : 'failures.others')
    return STATUS_KINDS.some(status => status === kind)
      ? t(`failures.${kind as StatusKind}`)
      : t(`error.${kind as ErrorCode}`)
  }

  /** One sentence, the most frequent kind first. */
  const summaryOf = ({ lines, count }: FailureLines): string => {
    const told = lines.filter(line => line.count > 0).toSorted((one, other) => other.count - one.count)
    const kinds = told.map(line =>
      t('failures.summaryKind', { kind: kindWords(line.kind, lines.length), count: line.count }),
    )
    const list = new Intl.ListFormat(locale.value, { style: 'narrow' })
    return told.length === 0
      ? t('failures.none')
      : t('failures.summary', { count, kinds: list.format(kinds) })
  }

  return { kindWords, summaryOf }
}
