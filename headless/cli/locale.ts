import { localeOf, translator, type Locale, type Translate } from '../../shared/locales/translate.ts'

/** @returns The language of texts for people; English where nothing asks for another. JSON is never translated. */
export function localeFrom(env: NodeJS.ProcessEnv): Locale {
  const tag = [env['INTERLEAVE_LANG'], env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(
    value => value !== undefined && value !== '',
  )
  return localeOf(tag ?? 'en')
}

/** Loads one catalogue only: the other is not needed in this process. */
export async function loadTranslate(locale: Locale): Promise<Translate> {
  if (locale === 'zh-CN') return translator((await import('../../shared/locales/zh-CN.ts')).zhCN)
  return translator((await import('../../shared/locales/en.ts')).en)
}

/** @returns Whether the terminal says that it cannot show more than ASCII. */
export function isAsciiOnly(env: NodeJS.ProcessEnv): boolean {
  if (env['TERM'] === 'linux') return true
  const charset = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    value => value !== undefined && value !== '',
  )
  return charset !== undefined && !/utf-?8/i.test(charset) && localeOf(charset) === 'en'
}
