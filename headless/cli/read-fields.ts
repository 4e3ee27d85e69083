import { JobError } from '../../shared/model/error.ts'
import type { Field, Fields, OptionsOf } from '../../shared/model/field.ts'
import { parseFieldText } from '../../shared/model/field-schema.ts'
import type { Translate } from '../../shared/locales/translate.ts'
import { writtenNumber } from './field-flags.ts'
import { textOf, textsOf, type FlagValues } from './flag-spec.ts'
import { CommandError } from './command-error.ts'

/**
 * @returns The options that the command line names; the others are absent.
 * @throws CommandError naming the flag, the value, and what the flag takes.
 */
export function readFields<Fs extends Fields>(fields: Fs, values: FlagValues): Partial<OptionsOf<Fs>> {
  const given: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) {
    const value = readFlag(field, values)
    if (value !== undefined) given[key] = value
  }
  return given as Partial<OptionsOf<Fs>>
}

function readFlag(field: Field, values: FlagValues): unknown {
  if (field.type === 'boolean' || field.type === 'tristate') {
    const value = values[field.flag]
    return typeof value === 'boolean' ? value : undefined
  }
  if (field.type === 'texts') {
    const texts = textsOf(values, field.flag)
    return texts.length === 0 ? undefined : texts.map(text => readText(field, text)).flat()
  }
  const text = textOf(values, field.flag)
  return text === undefined ? undefined : readText(field, text)
}

function readText(field: Field, text: string): unknown {
  try {
    return parseFieldText(field, text)
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    throw new CommandError(t => refusalOf(field, text, t))
  }
}

function refusalOf(field: Field, text: string, t: Translate): string {
  const flag = `--${field.flag}`
  // What gives a permission may be a secret, so no message repeats it.
  const value = field.permission === true ? '…' : text
  if (field.type === 'duration' && /^\d+(\.\d+)?$/.test(text)) return t('usage.noUnit', { flag, value: text })
  return t('usage.badValue', { flag, value, expected: expectedText(field, t) })
}

/** @returns What a field takes, as the end of a sentence. */
function expectedText(field: Field, t: Translate): string {
  switch (field.type) {
    case 'integer':
    case 'number':
    case 'duration':
    case 'size':
      return t(`expected.${field.type}`, {
        min: writtenNumber(field, field.min),
        max: writtenNumber(field, field.max),
      })
    case 'choice':
      return t('expected.choice', { choices: field.choices.join(', ') })
    case 'choices':
      return t('expected.choices', { choices: field.choices.join(', ') })
    case 'boolean':
    case 'tristate':
      return t('expected.choice', { choices: 'true, false' })
    case 'text':
    case 'texts':
      return t('expected.text', { max: field.maxLength })
  }
}
