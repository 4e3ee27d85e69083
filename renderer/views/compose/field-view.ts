import type { Field } from '../../../shared/model/field.ts'
import type { Text } from '../../composables/useText.ts'
import type { FormValue } from '../../stores/compose/field-form.ts'
import { written } from './problem-text.ts'

export type Control = 'number' | 'text' | 'texts' | 'switch' | 'segmented' | 'select' | 'choices'

/** Few choices are all in sight. */
const SEGMENTS = 3

/** @returns The control that a field is set with. */
export function controlOf(field: Field): Control {
  switch (field.type) {
    case 'integer':
    case 'number':
      return 'number'
    case 'duration':
    case 'size':
    case 'text':
      return 'text'
    case 'texts':
      return 'texts'
    case 'boolean':
      return 'switch'
    case 'tristate':
      return 'segmented'
    case 'choices':
      return 'choices'
    case 'choice':
      return field.choices.length <= SEGMENTS ? 'segmented' : 'select'
  }
}

/** @returns What stands in an empty control: the default, as it would be typed. */
export function placeholderOf(field: Field, usual: unknown, t: Text): string {
  if (typeof usual === 'number') return written(field.type, usual)
  return typeof usual === 'string' && usual !== '' ? usual : t('compose.unset')
}

const TRISTATE = { auto: null, on: true, off: false } as const

export interface Segment {
  readonly value: string
  readonly label: string
}

export const segmentsOf = (field: Field, t: Text): readonly Segment[] =>
  field.type === 'tristate'
    ? (['auto', 'on', 'off'] as const).map(value => ({ value, label: t(`compose.${value}`) }))
    : 'choices' in field
      ? field.choices.map(value => ({ value, label: choiceName(value, t) }))
      : []

/** Choices that are words; the others, such as `utf-8` and `hset`, are called the same in every language. */
const WORDS = [
  'dynamic',
  'chunk',
  'stride',
  'completion',
  'input',
  'reject',
  'keep',
  'title',
  'links',
  'hash',
] as const

function choiceName(value: string, t: Text): string {
  if (value === 'auto') return t('compose.auto')
  const word = WORDS.find(each => each === value)
  return word === undefined ? value : t(`compose.choice.${word}`)
}

/** @returns The segment that is chosen. */
export const segmentOf = (field: Field, value: unknown): string => {
  if (field.type !== 'tristate') return String(value)
  return value === null ? 'auto' : value === true ? 'on' : 'off'
}

export const valueOfSegment = (field: Field, segment: string): FormValue =>
  field.type === 'tristate' ? TRISTATE[segment as keyof typeof TRISTATE] : segment

/** A sentence begins with a capital where the language has them. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
