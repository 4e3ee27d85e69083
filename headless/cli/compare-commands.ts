import type { CommandSpec } from './command-spec.ts'
import { MODELS, REPEAT_COUNT, SEED, SWEEP, WARM_UP_COUNT } from './compare-flags.ts'
import type { FlagSpec } from './flag-spec.ts'
import { HEADER_FILE, JSON_DOCUMENT, PASSWORD_FILE, QUIET } from './run-flags.ts'

const OWN_FLAGS: readonly FlagSpec[] = [
  MODELS,
  SWEEP,
  REPEAT_COUNT,
  WARM_UP_COUNT,
  SEED,
  HEADER_FILE,
  PASSWORD_FILE,
  JSON_DOCUMENT,
  QUIET,
]
const LATER_FLAGS = ['runtime', 'report', 'trace']

const loadCompare = () => import('./commands/compare.ts')

/** What a kind of job takes besides, and how its command reads it. */
interface Kind {
  readonly name: 'crawl' | 'load' | 'cpu'
  readonly args: CommandSpec['args']
  /** Of its work and its parallelism. */
  readonly flags: readonly FlagSpec[]
  readonly example: CommandSpec['examples'][number]
}

/** `compare`, over a saved job or over one that the command line describes. */
export function compareCommand(savedFlags: readonly FlagSpec[], kinds: readonly Kind[]): CommandSpec {
  return {
    name: 'compare',
    text: 'command.compare',
    args: [{ name: 'job.ilv.json', text: 'argument.job' }],
    flags: [...savedFlags, ...OWN_FLAGS],
    laterFlags: LATER_FLAGS,
    examples: [
      {
        line: 'interleave compare nightly.ilv.json --models loop,threads',
        text: 'example.compare.saved',
      },
      ...kinds.map(({ example }) => example),
    ],
    load: async () => ({ run: (await loadCompare()).compareSaved }),
    subcommands: kinds.map(({ name, args, flags, example }) => ({
      name,
      text: `command.compare.${name}`,
      args,
      flags: [...flags, ...OWN_FLAGS],
      laterFlags: LATER_FLAGS,
      examples: [example],
      load: async () => {
        const { compareCrawl, compareLoad, compareCpu } = await loadCompare()
        return { run: { crawl: compareCrawl, load: compareLoad, cpu: compareCpu }[name] }
      },
    })),
  }
}
