import { useToasts } from '../../components/useToasts.ts'
import { useText, type TextKey } from '../../composables/useText.ts'
import { useComposeStore } from '../../stores/compose.ts'
import { useSettingsStore } from '../../stores/settings.ts'

type Told = Extract<TextKey, 'compose.copied' | 'compose.copyFailed' | 'compose.saved' | 'compose.saveFailed'>

/** @returns Does what was picked from the menu, and says what came of it. */
export function useComposeMenu(): (key: 'save' | 'copy' | 'defaults' | 'reset') => void {
  const store = useComposeStore()
  const settings = useSettingsStore()
  const { t } = useText()
  const { push } = useToasts()

  const tell = async (work: Promise<void>, done: Told, failed: Told): Promise<void> => {
    try {
      await work
      push({ tone: 'ok', title: t(done) })
    } catch (error) {
      push({ tone: 'failed', title: t(failed), text: (error as Error).message })
    }
  }
  const keepDefaults = async (): Promise<void> => {
    await store.keepAsDefaults()
    const { problem } = settings
    push(
      problem === null
        ? { tone: 'ok', title: t('compose.defaultsKept') }
        : { tone: 'failed', title: t('compose.defaultsNotKept'), text: problem.message },
    )
  }

  return key => {
    const line = store.commandLine()
    if (key === 'reset') store.reset()
    else if (key === 'defaults') void keepDefaults()
    else if (key === 'save') void tell(store.saveJob(), 'compose.saved', 'compose.saveFailed')
    else if (line !== null)
      void tell(navigator.clipboard.writeText(line), 'compose.copied', 'compose.copyFailed')
  }
}
