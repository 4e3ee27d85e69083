import type { Translated } from '../../../shared/locales/translate.ts'
import type { components as source } from '../en/components.ts'

export const components: Translated<typeof source> = {}
