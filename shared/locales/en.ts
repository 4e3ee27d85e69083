import { commands } from './en/commands.ts'
import { compare } from './en/compare.ts'
import { comparison } from './en/comparison.ts'
import { demo } from './en/demo.ts'
import { doctor } from './en/doctor.ts'
import { errors } from './en/errors.ts'
import { fields } from './en/fields.ts'
import { inspect } from './en/inspect.ts'
import { runs } from './en/runs.ts'
import { serve } from './en/serve.ts'
import { steering } from './en/steering.ts'
import { tasks } from './en/tasks.ts'
import { usage } from './en/usage.ts'

/** Every text for people, in English: the source of the keys that the other languages must have. */
export const en = {
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
} as const
