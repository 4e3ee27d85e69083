import type { en } from './en.ts'

/** One text; with `{placeholders}`, and in two forms where English tells one from many by `count`. */
export type Message = string | { readonly one: string; readonly other: string }

/** The same keys as `Source`, in another language; a missing or surplus key does not compile. */
export type Translated<Source> = { readonly [K in keyof Source]: Message }

export type Catalogue = Translated<typeof en>
export type MessageKey = keyof typeof en

export const LOCALES = ['en', 'zh-CN'] as const
export type Locale = (typeof LOCALES)[number]

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never
type NamesIn<M> = M extends { readonly one: infer One; readonly other: infer Other }
  ? 'count' | Placeholders<One> | Placeholders<Other>
  : Placeholders<M>

export type Value = string | number
/** What a translation takes after a key: nothing, or one value for each placeholder of the English text. */
export type ValuesIn<Source, K extends keyof Source> = [NamesIn<Source[K]>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<Source[K]>, Value>>]

/** Keys of texts without placeholders: what a table may name. */
export type PlainKey = {
  [K in MessageKey]: [NamesIn<(typeof en)[K]>] extends [never] ? K : never
}[MessageKey]

/** Gives the texts of a catalogue whose English is `Source`. */
export type TranslateOf<Source> = <K extends keyof Source>(key: K, ...values: ValuesIn<Source, K>) => string
export type Translate = TranslateOf<typeof en>

/** @returns A whole number with thousands separated by commas, as both languages write it. */
export function groupDigits(value: number): string {
  const digits = String(Math.round(value))
  return digits.replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** @returns The texts of one catalogue; numbers are shown whole, with their thousands separated. */
export function translator<Source = typeof en>(catalogue: NoInfer<Translated<Source>>): TranslateOf<Source> {
  return (key, ...values) => {
    const named: Readonly<Record<string, Value>> = values[0] ?? {}
    const message: Message = catalogue[key]
    const text = typeof message === 'string' ? message : named['count'] === 1 ? message.one : message.other
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = named[name]
      if (value === undefined) return whole
      return typeof value === 'number' ? groupDigits(value) : value
    })
  }
}

/**
 * @param tag A language tag or a POSIX locale: `zh_CN.UTF-8`, `zh-Hans`, `en`, `C`.
 * @returns The catalogue that fits best; English for every language there is none for.
 */
export const localeOf = (tag: string): Locale => (/^zh(?:[-_.@]|$)/i.test(tag) ? 'zh-CN' : 'en')
