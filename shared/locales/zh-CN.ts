import type { Catalogue } from './translate.ts'
import { commands } from './zh-CN/commands.ts'
import { compare } from './zh-CN/compare.ts'
import { comparison } from './zh-CN/comparison.ts'
import { demo } from './zh-CN/demo.ts'
import { doctor } from './zh-CN/doctor.ts'
import { errors } from './zh-CN/errors.ts'
import { fields } from './zh-CN/fields.ts'
import { inspect } from './zh-CN/inspect.ts'
import { runs } from './zh-CN/runs.ts'
import { serve } from './zh-CN/serve.ts'
import { steering } from './zh-CN/steering.ts'
import { tasks } from './zh-CN/tasks.ts'
import { usage } from './zh-CN/usage.ts'

export const zhCN: Catalogue = {
  ...commands,
  ...fields,
  ...errors,
  ...runs,
  ...usage,
  ...doctor,
  ...demo,
  ...serve,
  ...inspect,
  ...steering,
  ...tasks,
  ...compare,
  ...comparison,
}
