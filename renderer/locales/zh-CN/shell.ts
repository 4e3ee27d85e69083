import type { Translated } from '../../../shared/locales/translate.ts'
import type { shell as source } from '../en/shell.ts'

export const shell: Translated<typeof source> = {}
