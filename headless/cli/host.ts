import type { Translate } from '../../shared/locales/translate.ts'
import type { EntryResolver } from '../host/entry-path.ts'
import { CommandError } from './command-error.ts'
import { textOf, type FlagValues } from './flag-spec.ts'
import { isAsciiOnly } from './locale.ts'
import type { OpenEngine } from './open-engine.ts'
import type { Output } from './output.ts'
import { ASCII_GLYPHS, UNICODE_GLYPHS, type Glyphs } from './terminal/bars.ts'
import { colorDepth, isLightBackground, painter, type ColorWish, type Ink } from './terminal/paint.ts'
import { sizeOf, type TerminalSize } from './terminal/size.ts'

/** What a command has around it; everything it touches of the process, so that tests can stand in. */
export interface Host {
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly t: Translate
  readonly glyphs: Glyphs
  /** Inks for standard output and standard error, each as its own terminal shows them. */
  readonly paintOut: Paint
  readonly paintErr: Paint
  readonly outSize: () => TerminalSize
  readonly errSize: () => TerminalSize
  /** Files that run in processes and threads of their own. */
  readonly entries: EntryResolver
  /** Starts an engine over the data directory that the flags name; whoever opens it disposes of it. */
  readonly openEngine: (values: FlagValues) => Promise<OpenEngine>
  /** Ends the process at once, whatever still runs in it. */
  readonly exit: (code: number) => never
}

export type Paint = (ink: Ink, text: string) => string

export interface HostParts {
  readonly output: Output
  readonly t: Translate
  readonly entries: EntryResolver
  readonly values: FlagValues
}

/** @throws CommandError for a wish about colours that there is not. */
export function makeHost({ output, t, entries, values }: HostParts): Host {
  const { env } = process
  const wish = colorWish(values)
  const isLight = isLightBackground(env)
  return {
    output,
    env,
    cwd: process.cwd(),
    t,
    glyphs: isAsciiOnly(env) ? ASCII_GLYPHS : UNICODE_GLYPHS,
    paintOut: painter({ depth: colorDepth(output.out, env, wish), isLight }),
    paintErr: painter({ depth: colorDepth(output.err, env, wish), isLight }),
    outSize: () => sizeOf(output.out, env),
    errSize: () => sizeOf(output.err, env),
    entries,
    openEngine: async given => (await import('./open-engine.ts')).openEngine(given, entries, env),
    exit: code => process.exit(code),
  }
}

const WISHES: readonly ColorWish[] = ['auto', 'always', 'never']

function colorWish(values: FlagValues): ColorWish {
  const text = textOf(values, 'color') ?? 'auto'
  const wish = WISHES.find(name => name === text)
  if (wish !== undefined) return wish
  const choices = WISHES.join(', ')
  throw new CommandError(t =>
    t('usage.badValue', { flag: '--color', value: text, expected: t('expected.choice', { choices }) }),
  )
}
