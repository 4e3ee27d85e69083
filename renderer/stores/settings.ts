import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'

import { localeOf } from '../../shared/locales/translate.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../shared/model/settings.ts'
import { setLocale } from '../composables/useText.ts'
import { useHostStore } from './host.ts'

/** Kept in the browser too, so that the page has its theme and language before the host has answered. */
const REMEMBERED = 'interleave.appearance'

/** What the person has chosen for all views of this host. */
export const useSettingsStore = defineStore('settings', () => {
  const settings = shallowRef<Settings>({ ...DEFAULT_SETTINGS, ...remembered() })
  const problem = shallowRef<Error | null>(null)
  const isLoaded = shallowRef(false)
  /** Changes so far: an answer to an earlier question does not undo a later choice. */
  let changes = 0
  const prefersLight = matchMedia('(prefers-color-scheme: light)')
  const systemTheme = shallowRef<'light' | 'dark'>(prefersLight.matches ? 'light' : 'dark')
  const theme = computed(() => (settings.value.theme === 'system' ? systemTheme.value : settings.value.theme))

  /** Applies theme and language from now on, and asks the host for what is chosen whenever it can be reached. */
  const start = (): void => {
    const host = useHostStore()
    prefersLight.addEventListener('change', () => {
      systemTheme.value = prefersLight.matches ? 'light' : 'dark'
    })
    watch(theme, name => (document.documentElement.dataset['theme'] = name), { immediate: true })
    watch(() => settings.value.language, applyLanguage, { immediate: true })
    watch(
      () => host.connection,
      connection => {
        if (connection === 'open') void load()
      },
      { immediate: true },
    )
  }

  const load = async (): Promise<void> => {
    const before = changes
    try {
      const kept = await useHostStore().client().call('settings.get', {})
      // What was chosen meanwhile is newer than what the host had when it was asked.
      // A page that may only look has its own appearance, since the host keeps nothing for it.
      if (changes === before) take(useHostStore().mayControl ? kept : { ...kept, ...remembered() })
      isLoaded.value = true
    } catch (error) {
      problem.value = error as Error
    }
  }

  /** Shows the change at once and keeps it on the host; what could not be kept is taken back. */
  const change = async (changed: Partial<Settings>): Promise<void> => {
    const before = settings.value
    changes += 1
    const own = changes
    take({ ...before, ...changed })
    if (!useHostStore().mayControl) return
    try {
      const kept = await useHostStore().client().call('settings.set', { settings: settings.value })
      if (own === changes) take(kept)
      problem.value = null
    } catch (error) {
      if (own === changes) take(before)
      problem.value = error as Error
    }
  }

  const take = (taken: Settings): void => {
    settings.value = taken
    const { language, theme: chosenTheme } = taken
    localStorage.setItem(REMEMBERED, JSON.stringify({ language, theme: chosenTheme }))
  }

  return { settings, isLoaded, problem, theme, start, change }
})

const applyLanguage = (language: Settings['language']): void =>
  setLocale(language === 'auto' ? localeOf(navigator.language) : language)

function remembered(): Partial<Settings> {
  try {
    const { language, theme } = JSON.parse(localStorage.getItem(REMEMBERED) ?? '{}') as Partial<Settings>
    return {
      ...(language === 'en' || language === 'zh-CN' ? { language } : {}),
      ...(theme === 'light' || theme === 'dark' ? { theme } : {}),
    }
  } catch {
    // Whatever stands there is not ours.
    return {}
  }
}
