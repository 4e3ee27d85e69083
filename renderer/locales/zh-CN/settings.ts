import type { Translated } from '../../../shared/locales/translate.ts'
import type { settings as source } from '../en/settings.ts'

export const settings: Translated<typeof source> = {}
