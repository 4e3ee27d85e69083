import type { Translate } from '../../shared/locales/translate.ts'
import type { CommandSpec } from './command-spec.ts'
import { writtenNumber } from './field-flags.ts'
import { HELP_GROUPS, type FlagSpec } from './flag-spec.ts'
import { COMMON_FLAGS } from './run-flags.ts'
import { span, type Line } from './terminal/line.ts'
import { padEnd, widthOf, wrap } from './terminal/width.ts'

/** Above this, lines are too long to read. */
const WIDEST = 110
/** Where a flag and its text stand below each other instead of side by side. */
const NARROWEST_TEXT = 30

/** @returns The list of commands. */
export function overviewLines(commands: readonly CommandSpec[], columns: number, t: Translate): Line[] {
  const isLater = (spec: CommandSpec) => spec.load === undefined
  const entries = commands
    .filter(spec => !isLater(spec))
    .map((spec): Entry => ({ term: signature(spec), text: t(spec.text) }))
  const later = commands
    .filter(isLater)
    .map((spec): Entry => ({ term: spec.name, text: withFacts(t(spec.text), [t('help.later')], t) }))
  return [
    [span(t('help.tagline'))],
    [],
    ...section(t('help.commands'), definitions([...entries, ...later], columns)),
    ...wrap(t('help.more'), Math.min(columns, WIDEST)).map((text): Line => [span(text, 'dim')]),
  ]
}

/** @returns Everything about one command: examples first, then arguments and flags under their headings. */
export function commandLines(spec: CommandSpec, path: string, columns: number, t: Translate): Line[] {
  const args = spec.args.map((argument): Entry => ({ term: `<${argument.name}>`, text: t(argument.text) }))
  const subcommands = (spec.subcommands ?? []).map((each): Entry => ({
    term: signature(each),
    text: t(each.text),
  }))
  const flags = [...spec.flags, ...COMMON_FLAGS]
  const termColumns = Math.max(0, ...flags.map(flag => widthOf(flagTerm(flag))))
  return [
    [span(t('help.usage'), 'dim'), span(`${path}${argumentsText(spec)} [--flags]`, 'strong')],
    [span(t(spec.text))],
    [],
    ...section(t('help.examples'), exampleLines(spec, t)),
    ...(subcommands.length > 0 ? section(t('help.commands'), definitions(subcommands, columns)) : []),
    ...(args.length > 0 ? section(t('help.arguments'), definitions(args, columns)) : []),
    ...HELP_GROUPS.flatMap(group => {
      const entries = flags
        .filter(flag => flag.group === group)
        .map((flag): Entry => ({ term: flagTerm(flag), text: flagText(flag, t) }))
      return entries.length > 0 ? section(t(group), definitions(entries, columns, termColumns)) : []
    }),
  ]
}

const argumentsText = (spec: CommandSpec): string =>
  spec.args.map(({ name, isRepeated }) => ` <${name}${isRepeated === true ? '…' : ''}>`).join('')

const signature = (spec: CommandSpec): string => `${spec.name}${argumentsText(spec)}`

const section = (title: string, lines: readonly Line[]): Line[] => [[span(title, 'strong')], ...lines, []]

/** The command stands on a line of its own, ready to be copied. */
const exampleLines = (spec: CommandSpec, t: Translate): Line[] =>
  spec.examples.flatMap(({ line, text }): Line[] => [
    [span(`  # ${t(text)}`, 'dim')],
    [span(`  ${line}`, 'accent')],
  ])

/** @returns `-o, --out FILE`, `--[no-]robots`. */
function flagTerm({ flag, short, value, isNegatable }: FlagSpec): string {
  const long = `--${isNegatable === true ? '[no-]' : ''}${flag}`
  return `${short === undefined ? '' : `-${short}, `}${long}${value === undefined ? '' : ` ${value}`}`
}

/** What a flag is for, then its choices or bounds, whether it repeats, and its default. */
function flagText(spec: FlagSpec, t: Translate): string {
  const facts = [
    ...boundsText(spec, t),
    ...(spec.defaultText === undefined ? [] : [t('help.default', { value: spec.defaultText })]),
  ]
  return withFacts(t(spec.text), facts, t)
}

const withFacts = (text: string, facts: readonly string[], t: Translate): string =>
  facts.length === 0 ? text : t('help.facts', { text, facts: facts.join(t('help.separator')) })

function boundsText({ field: fieldSpec }: FlagSpec, t: Translate): string[] {
  const field = fieldSpec?.field
  switch (field?.type) {
    case 'integer':
    case 'number':
    case 'duration':
    case 'size':
      return [t('help.range', { min: writtenNumber(field, field.min), max: writtenNumber(field, field.max) })]
    case 'choice':
      // Apart, so that a long list can be wrapped.
      return [field.choices.join(', ')]
    case 'choices':
      return [field.choices.join(',')]
    default:
      return []
  }
}

interface Entry {
  readonly term: string
  readonly text: string
}

/** Terms on the left, texts beside them, wrapped; below each other where the terminal is narrow. */
function definitions(entries: readonly Entry[], columns: number, atLeast = 0): Line[] {
  const width = Math.min(columns, WIDEST)
  const termColumns = Math.min(Math.max(atLeast, ...entries.map(({ term }) => widthOf(term))), 30)
  const textColumns = width - termColumns - 4
  if (textColumns < NARROWEST_TEXT) {
    return entries.flatMap(({ term, text }): Line[] => [
      [span(`  ${term}`, 'accent')],
      ...wrap(text, Math.max(10, width - 6)).map((line): Line => [span(`      ${line}`)]),
    ])
  }
  return entries.flatMap(({ term, text }): Line[] => {
    const [first = '', ...rest] = wrap(text, textColumns)
    const indent = ' '.repeat(termColumns + 4)
    const isLong = widthOf(term) > termColumns
    const head: Line[] = isLong
      ? [[span(`  ${term}`, 'accent')], [span(`${indent}${first}`)]]
      : [[span(`  ${padEnd(term, termColumns)}  `, 'accent'), span(first)]]
    return [...head, ...rest.map((line): Line => [span(`${indent}${line}`)])]
  })
}
