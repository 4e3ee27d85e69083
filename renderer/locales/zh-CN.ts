import { comparison } from '../../shared/locales/zh-CN/comparison.ts'
import { errors } from '../../shared/locales/zh-CN/errors.ts'
import { fields } from '../../shared/locales/zh-CN/fields.ts'
import { runs } from '../../shared/locales/zh-CN/runs.ts'
import type { Translated } from '../../shared/locales/translate.ts'
import type { en } from './en.ts'
import { compare } from './zh-CN/compare.ts'
import { components } from './zh-CN/components.ts'
import { compose } from './zh-CN/compose.ts'
import { failures } from './zh-CN/failures.ts'
import { history } from './zh-CN/history.ts'
import { live } from './zh-CN/live.ts'
import { settings } from './zh-CN/settings.ts'
import { shell } from './zh-CN/shell.ts'
import { stream } from './zh-CN/stream.ts'

export const zhCN: Translated<typeof en> = {
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
}
