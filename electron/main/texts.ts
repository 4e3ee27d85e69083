import { desktop as en } from '../../shared/locales/en/desktop.ts'
import { localeOf, translator, type Locale, type TranslateOf } from '../../shared/locales/translate.ts'
import { desktop as zhCN } from '../../shared/locales/zh-CN/desktop.ts'
import type { Settings } from '../../shared/model/settings.ts'

export type DesktopText = TranslateOf<typeof en>

const CATALOGUE = { en, 'zh-CN': zhCN } as const

/** @returns The texts of dialogs and notices in one language. */
export const textsOf = (locale: Locale): DesktopText => translator<typeof en>(CATALOGUE[locale])

/** @param system What the system is set to. */
export const localeOfSettings = (language: Settings['language'], system: string): Locale =>
  language === 'auto' ? localeOf(system) : language
