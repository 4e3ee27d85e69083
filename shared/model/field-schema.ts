import * as z from 'zod'

import { parseDuration, formatDuration } from './duration.ts'
import { JobError } from './error.ts'
import type { Field, Fields, OptionsOf, ValueOf } from './field.ts'
import { shown } from './schema-issue.ts'
import { formatSize, parseSize } from './size.ts'

type NumberField = Extract<Field, { readonly type: 'integer' | 'number' | 'duration' | 'size' }>

/** Most values of a field that may be repeated. */
export const REPEATED_VALUES = 100

/** Text from people ends up in headers, logs and terminals, so it holds no control characters. */
// eslint-disable-next-line no-control-regex -- finding control characters is the point
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/

/** @returns One option of every field at its default. */
export const defaultsOf = <Fs extends Fields>(fields: Fs): OptionsOf<Fs> =>
  Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.default])) as OptionsOf<Fs>

/** @returns Keys of the fields that are given anew at each run and never stand in a job file. */
export const permissionKeysOf = (fields: Fields): readonly string[] =>
  Object.keys(fields).filter(key => fields[key]?.permission === true)

/**
 * The schema of a table of fields: unknown keys are refused, absent ones get their default, numbers are finite and
 * within their bounds. Messages say what was expected, for `describeIssue`.
 */
export function optionsSchema<Fs extends Fields>(fields: Fs): z.ZodType<OptionsOf<Fs>> {
  const shape = Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, valueSchema(field).default(field.default as never)]),
  )
  return z.strictObject(shape, { error: notAnObject }) as unknown as z.ZodType<OptionsOf<Fs>>
}

/** The same keys, all optional and without defaults: what replaces options given earlier. */
export function changeSchema<Fs extends Fields>(
  fields: Fs,
): z.ZodType<{ readonly [K in keyof OptionsOf<Fs>]?: OptionsOf<Fs>[K] | undefined }> {
  const shape = Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, valueSchema(field).optional()]),
  )
  return z.strictObject(shape, { error: notAnObject }) as never
}

/** Message of a schema of an object that got something else; unknown keys keep their own. */
const notAnObject = (issue: { readonly code: string }): string | undefined =>
  issue.code === 'invalid_type' ? 'expected an object' : undefined

function valueSchema(field: Field): z.ZodType {
  const error = `expected ${expectedOf(field)}`
  const schema = presentSchema(field, error)
  return field.default === null ? schema.nullable() : schema
}

function presentSchema(field: Field, error: string): z.ZodType {
  switch (field.type) {
    case 'integer':
    case 'size':
      return z.int({ error }).min(field.min, { error }).max(field.max, { error })
    case 'number':
    case 'duration':
      return z.number({ error }).min(field.min, { error }).max(field.max, { error })
    case 'boolean':
    case 'tristate':
      return z.boolean({ error })
    case 'choice':
      return z.enum(field.choices, { error })
    case 'choices':
      return z.array(z.enum(field.choices, { error }), { error }).max(field.choices.length, { error })
    case 'text':
      return textSchema(field.maxLength, error)
    case 'texts':
      return z.array(textSchema(field.maxLength, error), { error }).max(REPEATED_VALUES, { error })
  }
}

const textSchema = (maxLength: number, error: string): z.ZodType =>
  z
    .string({ error })
    .max(maxLength, { error })
    .refine(text => !CONTROL.test(text), { error })

/** What a field takes, for people: `a whole number from 0 to 20`. */
export function expectedOf(field: Field): string {
  const orNull = field.default === null ? ' or null' : ''
  return `${takes(field)}${orNull}`
}

function takes(field: Field): string {
  switch (field.type) {
    case 'integer':
      return `a whole number from ${field.min} to ${field.max}`
    case 'number':
      return `a number from ${field.min} to ${field.max}`
    case 'duration':
      return `milliseconds from ${field.min} to ${field.max}`
    case 'size':
      return `whole bytes from ${field.min} to ${field.max}`
    case 'boolean':
    case 'tristate':
      return 'true or false'
    case 'choice':
      return `one of ${field.choices.join(', ')}`
    case 'choices':
      return `a list of some of ${field.choices.join(', ')}`
    case 'text':
      return `text of at most ${field.maxLength} characters without control characters`
    case 'texts':
      return `at most ${REPEATED_VALUES} texts of at most ${field.maxLength} characters without control characters`
  }
}

/**
 * Reads one value as written on a command line; each use of a repeatable flag gives a list of one.
 *
 * @throws JobError `E_CONFIG` naming the flag, the value and what it takes.
 */
export function parseFieldText<const F extends Field>(field: F, text: string): ValueOf<F> {
  return readText(field, text) as ValueOf<F>
}

function readText(field: Field, text: string): unknown {
  switch (field.type) {
    case 'integer':
      return numberFromText(field, text, `a whole number from ${field.min} to ${field.max}`)
    case 'number':
      return numberFromText(field, text, `a number from ${field.min} to ${field.max}`)
    case 'duration':
      return within(field, text, parseDuration(text, `--${field.flag}`), formatDuration)
    case 'size':
      return within(field, text, parseSize(text, `--${field.flag}`), formatSize)
    case 'boolean':
    case 'tristate':
      if (text === 'true' || text === 'false') return text === 'true'
      throw refusal(field, text, 'true or false')
    case 'choice':
      if (field.choices.includes(text)) return text
      throw refusal(field, text, `one of ${field.choices.join(', ')}`)
    case 'choices':
      return choicesFromText(field, text)
    case 'text':
      return checkedText(field, text)
    case 'texts':
      return [checkedText(field, text)]
  }
}

function numberFromText(field: NumberField, text: string, expected: string): number {
  const isWritten = /^[+-]?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(text)
  const value = isWritten ? Number(text) : NaN
  const isWhole = field.type === 'number' || Number.isInteger(value)
  if (!(isWhole && value >= field.min && value <= field.max)) throw refusal(field, text, expected)
  return value
}

function within(field: NumberField, text: string, value: number, format: (value: number) => string): number {
  if (value >= field.min && value <= field.max) return value
  throw refusal(field, text, `a ${field.type} from ${format(field.min)} to ${format(field.max)}`)
}

function choicesFromText(field: Extract<Field, { readonly type: 'choices' }>, text: string): string[] {
  const named = text === '' ? [] : text.split(',').map(part => part.trim())
  for (const name of named) {
    if (!field.choices.includes(name)) {
      throw refusal(field, name, `some of ${field.choices.join(',')}, separated by commas`)
    }
  }
  return [...new Set(named)]
}

function checkedText(field: Extract<Field, { readonly type: 'text' | 'texts' }>, text: string): string {
  if (text.length <= field.maxLength && !CONTROL.test(text)) return text
  throw refusal(field, text, `at most ${field.maxLength} characters and no control characters`)
}

/** Values of permission fields may be secrets, so messages leave them out. */
const refusal = (field: Field, text: string, expected: string): JobError =>
  new JobError(
    'E_CONFIG',
    `--${field.flag}: expected ${expected}${field.permission === true ? '' : `, got ${shown(text)}`}`,
  )
