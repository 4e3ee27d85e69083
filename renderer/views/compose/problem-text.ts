import { formatDuration } from '../../../shared/model/duration.ts'
import type { Field } from '../../../shared/model/field.ts'
import { formatSize } from '../../../shared/model/size.ts'
import { groupDigits } from '../../../shared/locales/translate.ts'
import type { Text } from '../../composables/useText.ts'
import type { Problem } from '../../stores/compose/field-form.ts'

/** @returns What should stand in a field instead. */
export function problemText(problem: Problem, t: Text): string {
  switch (problem.is) {
    case 'message':
      return problem.text
    case 'expected':
      return expectedText(problem.field, t)
    case 'duration':
      return t('compose.expected.durationOnly')
    default:
      return t(`compose.expected.${problem.is}`)
  }
}

function expectedText(field: Field, t: Text): string {
  switch (field.type) {
    case 'integer':
    case 'number':
    case 'duration':
    case 'size':
      return t(`compose.expected.${field.type}`, {
        min: written(field.type, field.min),
        max: written(field.type, field.max),
      })
    case 'choice':
    case 'choices':
      return t('compose.expected.choice', { choices: field.choices.join(', ') })
    case 'boolean':
    case 'tristate':
      return t('compose.expected.boolean')
    case 'text':
    case 'texts':
      return t('compose.expected.text', { max: field.maxLength })
  }
}

/** @returns A value of a field as a person would type it. */
export function written(type: Field['type'], value: number): string {
  if (type === 'duration') return formatDuration(value)
  if (type === 'size') return formatSize(value)
  return Number.isInteger(value) ? groupDigits(value) : String(value)
}
