import { comparison } from '../../shared/locales/en/comparison.ts'
import { errors } from '../../shared/locales/en/errors.ts'
import { fields } from '../../shared/locales/en/fields.ts'
import { runs } from '../../shared/locales/en/runs.ts'
import { compare } from './en/compare.ts'
import { components } from './en/components.ts'
import { compose } from './en/compose.ts'
import { failures } from './en/failures.ts'
import { history } from './en/history.ts'
import { live } from './en/live.ts'
import { settings } from './en/settings.ts'
import { shell } from './en/shell.ts'
import { stream } from './en/stream.ts'

/** Every text of the dashboard, in English: the source of the keys that the other languages must have. */
export const en = {
  ...comparison,
  ...errors,
  ...fields,
  ...runs,
  ...compare,
  ...components,
  ...compose,
  ...failures,
  ...history,
  ...live,
  ...settings,
  ...shell,
  ...stream,
} as const
