import { useToasts } from '../../components/useToasts.ts'
import { useText } from '../../composables/useText.ts'

/** @returns Copies a command line, and says whether the browser let it. */
export function useCopyLine(): (line: string | null) => void {
  const { t } = useText()
  const { push } = useToasts()
  const copy = async (line: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(line)
      push({ tone: 'ok', title: t('compose.copied') })
    } catch (error) {
      push({ tone: 'failed', title: t('compose.copyFailed'), text: (error as Error).message })
    }
  }
  return line => {
    if (line !== null) void copy(line)
  }
}
