import { formatDuration } from '../../shared/model/duration.ts'
import type { Field, Fields } from '../../shared/model/field.ts'
import { formatSize } from '../../shared/model/size.ts'
import { groupDigits, type PlainKey } from '../../shared/locales/translate.ts'
import type { FlagSpec } from './flag-spec.ts'

/** What stands for the value of each type of field. */
const PLACEHOLDERS: Readonly<Record<Field['type'], string | undefined>> = {
  integer: 'N',
  number: 'N',
  duration: 'DURATION',
  size: 'SIZE',
  boolean: undefined,
  tristate: undefined,
  choice: 'NAME',
  choices: 'LIST',
  text: 'TEXT',
  texts: 'TEXT',
}

/** @returns One flag for each field, so that a new field is on the command line without a line written here. */
export const fieldFlags = (fields: Fields): FlagSpec[] =>
  Object.entries(fields).map(([key, field]) => {
    const value = PLACEHOLDERS[field.type]
    const defaultText = writtenDefault(field)
    return {
      flag: field.flag,
      text: `field.${key}` as PlainKey,
      group: `group.${field.group}`,
      field: { key, field },
      ...(value === undefined ? {} : { value }),
      ...(field.type === 'tristate' || (field.type === 'boolean' && field.default)
        ? { isNegatable: true }
        : {}),
      ...(field.type === 'texts' ? { isRepeatable: true } : {}),
      ...(defaultText === null ? {} : { defaultText }),
    }
  })

/** @returns The default as a user would write it; `null` where there is none to show. */
function writtenDefault(field: Field): string | null {
  const { default: value } = field
  if (value === null || typeof value === 'boolean' || typeof value === 'object') return null
  return typeof value === 'number' ? writtenNumber(field, value) : String(value)
}

/** @returns `value` of a numeric field with its unit, as a user would write it. */
export function writtenNumber(field: Field, value: number): string {
  if (field.type === 'duration') return formatDuration(value)
  if (field.type === 'size') return formatSize(value)
  return Number.isInteger(value) ? groupDigits(value) : String(value)
}
