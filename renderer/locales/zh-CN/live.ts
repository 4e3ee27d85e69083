import type { Translated } from '../../../shared/locales/translate.ts'
import type { live as source } from '../en/live.ts'

export const live: Translated<typeof source> = {}
