import type { Translated } from '../../../shared/locales/translate.ts'
import type { history as source } from '../en/history.ts'

export const history: Translated<typeof source> = {}
