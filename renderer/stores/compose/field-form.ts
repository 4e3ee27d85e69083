import { formatDuration } from '../../../shared/model/duration.ts'
import { JobError } from '../../../shared/model/error.ts'
import { parseFieldText } from '../../../shared/model/field-schema.ts'
import type { Field, Fields } from '../../../shared/model/field.ts'
import { formatSize } from '../../../shared/model/size.ts'

/** What a control holds; durations and sizes are the text that was typed. */
export type FormValue = string | number | boolean | null | readonly string[]

/** What a person has set, by key of the field; everything else stays at its default. */
export type Given = Readonly<Record<string, FormValue>>

/** Why something that was set cannot be used; the form finds the words. */
export type Problem =
  | { readonly is: 'expected'; readonly field: Field }
  | { readonly is: 'allowance' | 'duration' | 'output' | 'absolute' | 'headers' | 'okStatus' | 'twice' }
  /** A sentence of the model's, which has no translation. */
  | { readonly is: 'message'; readonly text: string }

export type Problems = Readonly<Record<string, Problem>>

export interface ReadFields {
  /** Every field; one with a problem has its default. */
  readonly options: Readonly<Record<string, unknown>>
  readonly problems: Problems
}

/** @param defaults One value a field: what holds where nothing was set. */
export function readGiven(fields: Fields, given: Given, defaults: object): ReadFields {
  const options: Record<string, unknown> = { ...defaults }
  const problems: Record<string, Problem> = {}
  for (const [key, field] of Object.entries(fields)) {
    const value = given[key]
    if (value === undefined) continue
    try {
      const read = readValue(field, value)
      if (read !== undefined) options[key] = read
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      problems[key] = { is: 'expected', field }
    }
  }
  return { options, problems }
}

/** @returns `undefined` for a control that was emptied and whose field must have a value: its default. */
function readValue(field: Field, value: FormValue): unknown {
  if (value === null || value === '') return field.default === null ? null : undefined
  switch (field.type) {
    case 'boolean':
    case 'tristate':
      return value
    case 'choices':
      return parseFieldText(field, (value as readonly string[]).join(','))
    case 'texts':
      return (value as readonly string[])
        .filter(text => text !== '')
        .flatMap(text => parseFieldText(field, text))
    default:
      return parseFieldText(field, String(value))
  }
}

/** @returns A value of a job as the control of its field holds it. */
export function formValueOf(field: Field, value: unknown): FormValue {
  if (typeof value !== 'number') return value as FormValue
  if (field.type === 'duration') return formatDuration(value)
  return field.type === 'size' ? formatSize(value) : value
}

/** @returns What differs from `defaults`, as the controls hold it; `left` are keys that stay out. */
export function givenOf(fields: Fields, options: object, defaults: object, left: readonly string[]): Given {
  const values = options as Readonly<Record<string, unknown>>
  const usual = defaults as Readonly<Record<string, unknown>>
  const differing = Object.entries(fields).filter(
    ([key]) => !left.includes(key) && JSON.stringify(values[key]) !== JSON.stringify(usual[key]),
  )
  return Object.fromEntries(differing.map(([key, field]) => [key, formValueOf(field, values[key])]))
}
