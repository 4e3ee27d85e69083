import type { ArgumentSpec, CommandSpec } from './command-spec.ts'
import { fieldFlags } from './field-flags.ts'
import type { FlagSpec } from './flag-spec.ts'
import { CLEAR, JSON_DOCUMENT, NOW, QUIET } from './run-flags.ts'
import { TUNED_FIELDS, TUNED_LIMITS } from './tuned-fields.ts'

const RUN_ID: ArgumentSpec = { name: 'run', text: 'argument.run' }

const loadSteer = () => import('./commands/steer.ts')

/** A limit is lifted by `--no-…`. */
const tuneFlags: readonly FlagSpec[] = [
  ...fieldFlags(TUNED_FIELDS),
  ...fieldFlags(TUNED_LIMITS).map(flag => ({ ...flag, isNegatable: true })),
]

/** Subcommands of `runs` that reach a run in whichever process it lives, and its tags. */
export const STEERING_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'pause',
    text: 'command.runs.pause',
    args: [RUN_ID],
    flags: [JSON_DOCUMENT, QUIET],
    examples: [{ line: 'interleave runs pause latest', text: 'example.runs.pause' }],
    load: async () => ({ run: (await loadSteer()).pause }),
  },
  {
    name: 'continue',
    text: 'command.runs.continue',
    args: [RUN_ID],
    flags: [JSON_DOCUMENT, QUIET],
    examples: [{ line: 'interleave runs continue latest', text: 'example.runs.continue' }],
    load: async () => ({ run: (await loadSteer()).goOn }),
  },
  {
    name: 'stop',
    text: 'command.runs.stop',
    args: [RUN_ID],
    flags: [NOW, JSON_DOCUMENT, QUIET],
    examples: [
      { line: 'interleave runs stop latest', text: 'example.runs.stop' },
      { line: 'interleave runs stop 20261122-1305 --now', text: 'example.runs.stopNow' },
    ],
    load: async () => ({ run: (await loadSteer()).stop }),
  },
  {
    name: 'tune',
    text: 'command.runs.tune',
    args: [RUN_ID],
    flags: [...tuneFlags, JSON_DOCUMENT, QUIET],
    examples: [
      { line: 'interleave runs tune latest --in-flight 128 --per-host 8', text: 'example.runs.tune' },
      { line: 'interleave runs tune latest --no-rate', text: 'example.runs.tuneRate' },
    ],
    load: async () => ({ run: (await loadSteer()).tune }),
  },
  {
    name: 'tag',
    text: 'command.runs.tag',
    args: [RUN_ID, { name: 'tag', text: 'argument.tag', isRepeated: true, isOptional: true }],
    flags: [CLEAR, JSON_DOCUMENT, QUIET],
    examples: [
      { line: 'interleave runs tag latest baseline nightly', text: 'example.runs.tag' },
      { line: 'interleave runs tag latest --clear', text: 'example.runs.untag' },
    ],
    load: async () => ({ run: (await loadSteer()).tag }),
  },
]
