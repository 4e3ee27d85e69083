import type { Translated } from '../../../shared/locales/translate.ts'
import type { compose as source } from '../en/compose.ts'

export const compose: Translated<typeof source> = {}
