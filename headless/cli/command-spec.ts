import type { PlainKey } from '../../shared/locales/translate.ts'
import type { FlagSpec, FlagValues } from './flag-spec.ts'
import type { Host } from './host.ts'

/** One command: what `--help` says of it, what it takes, and the module that does it, loaded when it is asked for. */
export interface CommandSpec {
  readonly name: string
  readonly text: PlainKey
  readonly args: readonly ArgumentSpec[]
  readonly flags: readonly FlagSpec[]
  /** Flags of a later version: taken, and answered with that. */
  readonly laterFlags?: readonly string[]
  readonly examples: readonly Example[]
  readonly subcommands?: readonly CommandSpec[]
  /** Absent for a command of a later version. */
  readonly load?: () => Promise<CommandModule>
}

export interface ArgumentSpec {
  readonly name: string
  readonly text: PlainKey
  readonly isRepeated?: boolean
  readonly isOptional?: boolean
}

export interface Example {
  readonly line: string
  readonly text: PlainKey
}

export interface CommandModule {
  /** @returns The exit code; `JobError` and `CommandError` become a sentence and theirs. */
  run(call: CommandCall, host: Host): Promise<number>
}

export interface CommandCall {
  readonly args: readonly string[]
  readonly values: FlagValues
}
