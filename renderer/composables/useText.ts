import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'

import * as format from '../../shared/locales/format.ts'
import { localeOf, translator, type Locale, type TranslateOf } from '../../shared/locales/translate.ts'
import { en } from '../locales/en.ts'
import { zhCN } from '../locales/zh-CN.ts'

export type Text = TranslateOf<typeof en>
export type TextKey = keyof typeof en

const CATALOGUE = { en, 'zh-CN': zhCN } as const

const chosen: ShallowRef<Locale> = shallowRef(localeOf(navigator.language))
const translate = computed(() => translator<typeof en>(CATALOGUE[chosen.value]))

/** Changes the language of everything that is shown, at once. */
export function setLocale(locale: Locale): void {
  chosen.value = locale
  document.documentElement.lang = locale
}

/** The texts of the language that is chosen; what is drawn with them is drawn anew when it changes. */
export function useText(): {
  readonly t: Text
  readonly format: typeof format
  readonly locale: ComputedRef<Locale>
} {
  return {
    t: (key, ...values) => translate.value(key, ...values),
    format,
    locale: computed(() => chosen.value),
  }
}
