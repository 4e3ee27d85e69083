import { Command, CommanderError, Option } from 'commander'

import type { Translate } from '../../shared/locales/translate.ts'
import type { CommandCall, CommandSpec } from './command-spec.ts'
import type { FlagSpec, FlagValues } from './flag-spec.ts'
import { COMMON_FLAGS } from './run-flags.ts'
import { suggestionFor } from './suggestion.ts'
import { CommandError } from './command-error.ts'

/** What a command line asks for. */
export type Parsed =
  | { readonly type: 'run'; readonly path: string; readonly spec: CommandSpec; readonly call: CommandCall }
  /** `spec` is `null` for the list of commands. */
  | { readonly type: 'help'; readonly path: string; readonly spec: CommandSpec | null }
  | { readonly type: 'version' }

/**
 * @param argv What follows the program's name.
 * @throws CommandError for anything that is not a command line of ours, with the nearest name where one is near.
 */
export function parseCommandLine(argv: readonly string[], commands: readonly CommandSpec[]): Parsed {
  let parsed: Parsed = { type: 'help', path: 'interleave', spec: null }
  const accept = (found: Parsed) => {
    parsed = found
  }
  const root = bare(new Command('interleave')).option('-V, --version').option('-h, --help')
  root.action(() => {
    if (root.opts()['version'] === true) accept({ type: 'version' })
  })
  addFlags(root, COMMON_FLAGS)
  for (const spec of commands) addCommand(root, spec, 'interleave', accept)
  addHelpCommand(root, commands, accept)
  try {
    root.parse(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw refusalOf(error, deepest(root, argv))
    throw error
  }
  return parsed
}

/** A command that prints nothing and never exits: both are ours to do. */
const bare = (command: Command): Command =>
  command
    .exitOverride()
    // A flag after a command's name is that command's, also where both know it.
    .enablePositionalOptions()
    .helpOption(false)
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })

function addCommand(
  parent: Command,
  spec: CommandSpec,
  parentPath: string,
  accept: (parsed: Parsed) => void,
): void {
  const path = `${parentPath} ${spec.name}`
  const command = bare(new Command(spec.name))
  parent.addCommand(command)
  if (spec.load === undefined) {
    command
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => {
        throw new CommandError(t => t('usage.notInThisVersion', { name: spec.name }))
      })
    return
  }
  for (const argument of spec.args) {
    // Optional for the parser, so that --help is answered without them.
    command.argument(argument.isRepeated === true ? `[${argument.name}...]` : `[${argument.name}]`)
  }
  addFlags(command, [...spec.flags, ...COMMON_FLAGS])
  for (const flag of spec.laterFlags ?? []) command.addOption(new Option(`--${flag} [value]`).hideHelp())
  command.option('-h, --help').action(() => {
    if (command.opts()['help'] === true) accept({ type: 'help', path, spec })
    else accept({ type: 'run', path, spec, call: callOf(command, spec, path) })
  })
  for (const subcommand of spec.subcommands ?? []) addCommand(command, subcommand, path, accept)
}

/** `interleave help crawl` is `interleave crawl --help`. */
function addHelpCommand(
  root: Command,
  commands: readonly CommandSpec[],
  accept: (parsed: Parsed) => void,
): void {
  const help = bare(new Command('help'))
    .argument('[command]')
    .action((name: string | undefined) => {
      const spec = commands.find(each => each.name === name && each.load !== undefined)
      if (spec !== undefined) accept({ type: 'help', path: `interleave ${spec.name}`, spec })
    })
  root.addCommand(help, { hidden: true })
}

function addFlags(command: Command, flags: readonly FlagSpec[]): void {
  for (const { flag, short, value, isNegatable, isRepeatable } of flags) {
    const names = `${short === undefined ? '' : `-${short}, `}--${flag}`
    const option = new Option(value === undefined ? names : `${names} <value>`)
    if (isRepeatable === true) {
      option.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text])
    }
    command.addOption(option)
    if (isNegatable === true) command.addOption(new Option(`--no-${flag}`))
  }
}

function callOf(command: Command, spec: CommandSpec, path: string): CommandCall {
  for (const flag of spec.laterFlags ?? []) {
    if (command.getOptionValue(flag) !== undefined) {
      throw new CommandError(t => t('usage.notInThisVersion', { name: `--${flag}` }))
    }
  }
  for (const [at, { name, isOptional }] of spec.args.entries()) {
    if (command.args[at] === undefined && isOptional !== true) {
      throw new CommandError(
        t => `${t('usage.missingArgument', { name })} ${t('usage.seeHelp', { command: path })}`,
      )
    }
  }
  return { args: command.args, values: { ...valuesOf(command.parent), ...valuesOf(command) } }
}

/** Values that were given, by long flag name. */
function valuesOf(command: Command | null): FlagValues {
  if (command === null) return {}
  const given = command.options
    .filter(option => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map(option => [
      option.name().replace(/^no-/, ''),
      command.getOptionValue(option.attributeName()) as FlagValues[string],
    ])
  return { ...valuesOf(command.parent), ...(Object.fromEntries(given) as FlagValues) }
}

/** The command that the arguments lead to, as far as they name one. */
function deepest(root: Command, argv: readonly string[]): Command {
  let command = root
  for (const word of argv) {
    const next = command.commands.find(candidate => candidate.name() === word)
    if (next !== undefined) command = next
  }
  return command
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`

/** What some commands have in place of a flag that others have. */
const INSTEAD: Readonly<Record<string, string>> = { '--out': '--to', '-o': '--to', '--to': '--out' }

/** @returns What the parser refused, in our words: its own are English only and name no command to turn to. */
function refusalOf(error: CommanderError, command: Command): CommandError {
  const path = pathOf(command)
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  switch (error.code) {
    case 'commander.unknownOption': {
      const name = quoted.split('=')[0] ?? quoted
      const known = command.options.flatMap(option => (option.hidden ? [] : [option.long ?? '']))
      const near = known.find(flag => flag === INSTEAD[name]) ?? suggestionFor(name, known)
      return new CommandError(t => `${t('usage.unknownOption', { name })} ${remedy(near, path, t)}`)
    }
    case 'commander.optionMissingArgument': {
      const flag = quoted.split(' ').find(part => part.startsWith('--')) ?? quoted
      return new CommandError(t => t('usage.missingValue', { flag }))
    }
    case 'commander.excessArguments': {
      const [name = ''] = command.args
      const value = command.args.at(-1) ?? ''
      if (command.commands.length === 0) {
        return new CommandError(t => `${t('usage.surplusArgument', { value })} ${remedy(null, path, t)}`)
      }
      const near = suggestionFor(
        name,
        command.commands.map(each => each.name()),
      )
      return new CommandError(t => `${t('usage.unknownCommand', { name })} ${remedy(near, path, t)}`)
    }
    default:
      return new CommandError(() => error.message.replace(/^error: /, ''))
  }
}

const remedy = (near: string | null, path: string, t: Translate): string =>
  near === null ? t('usage.seeHelp', { command: path }) : t('usage.didYouMean', { name: near })
