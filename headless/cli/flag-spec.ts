import type { Field } from '../../shared/model/field.ts'
import type { PlainKey } from '../../shared/locales/translate.ts'

/** Headings under which `--help` lists flags, in this order. */
export const HELP_GROUPS = [
  'group.work',
  'group.parallelism',
  'group.request',
  'group.extract',
  'group.limits',
  'group.politeness',
  'group.result',
  'help.results',
  'help.ending',
  'help.output',
] as const satisfies readonly PlainKey[]
export type HelpGroup = (typeof HELP_GROUPS)[number]

/** One flag of a command, as `--help` shows it and the parser takes it. */
export interface FlagSpec {
  /** Long name without dashes. */
  readonly flag: string
  readonly short?: string
  /** What stands for the value in `--help`; absent for a switch. */
  readonly value?: string
  /** True where `--no-<flag>` exists as well. */
  readonly isNegatable?: boolean
  readonly isRepeatable?: boolean
  readonly text: PlainKey
  readonly group: HelpGroup
  /** As a user would write it. */
  readonly defaultText?: string
  /** The field of a job that it sets. */
  readonly field?: { readonly key: string; readonly field: Field }
}

/** What a parsed command line holds, by long flag name: text, texts of a repeated flag, or a switch. */
export type FlagValues = Readonly<Record<string, string | readonly string[] | boolean | undefined>>

export const textOf = (values: FlagValues, flag: string): string | undefined => {
  const value = values[flag]
  return typeof value === 'string' ? value : undefined
}

export const textsOf = (values: FlagValues, flag: string): readonly string[] => {
  const value = values[flag]
  return Array.isArray(value) ? (value as readonly string[]) : []
}

export const isOn = (values: FlagValues, flag: string): boolean => values[flag] === true
