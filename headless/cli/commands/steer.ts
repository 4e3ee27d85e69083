import type { Tuning } from '../../../shared/contract/contract.ts'
import { printable } from '../../../shared/model/error.ts'
import { PHASE } from '../../../shared/model/run.ts'
import { CommandError } from '../command-error.ts'
import type { CommandCall } from '../command-spec.ts'
import { isOn, type FlagValues } from '../flag-spec.ts'
import type { Host } from '../host.ts'
import type { OpenEngine } from '../open-engine.ts'
import { readFields } from '../read-fields.ts'
import { runIdOf } from '../run-id.ts'
import { TUNED_FIELDS, TUNED_LIMITS } from '../tuned-fields.ts'

const TAG_CHARACTERS = 40
const MOST_TAGS = 20

/** `runs pause <run>`. */
export const pause = (call: CommandCall, host: Host): Promise<number> =>
  steer(call, host, {
    said: 'runs.paused',
    act: async ({ client }, runId) => void (await client.call('run.pause', { runId, isPaused: true })),
  })

/** `runs continue <run>`. */
export const goOn = (call: CommandCall, host: Host): Promise<number> =>
  steer(call, host, {
    said: 'runs.continued',
    act: async ({ client }, runId) => void (await client.call('run.pause', { runId, isPaused: false })),
  })

/** `runs stop <run>`. */
export const stop = (call: CommandCall, host: Host): Promise<number> =>
  steer(call, host, {
    said: 'runs.stopping',
    act: async ({ client }, runId) => {
      const phase = isOn(call.values, 'now') ? PHASE.abort : PHASE.stop
      await client.call('run.stop', { runId, phase })
    },
  })

/** `runs tune <run>`. */
export async function tune(call: CommandCall, host: Host): Promise<number> {
  const tuning = tuningOf(call.values)
  return steer(call, host, {
    said: 'runs.tuned',
    facts: tuning,
    act: async ({ client }, runId) => void (await client.call('run.tune', { runId, tuning })),
  })
}

/** `runs tag <run> <tag…>`. */
export async function tag({ args, values }: CommandCall, host: Host): Promise<number> {
  const [, ...words] = args
  if (words.length === 0 && !isOn(values, 'clear'))
    throw new CommandError(
      t =>
        `${t('usage.missingArgument', { name: 'tag' })} ${t('usage.seeHelp', { command: 'interleave runs tag' })}`,
    )
  const tags = [...new Set(words.map(checkedTag))]
  if (tags.length > MOST_TAGS) throw new CommandError(t => t('usage.tooManyTags', { max: MOST_TAGS }))
  await using engine = await host.openEngine(values)
  const { runId } = await engine.client.call('runs.show', { runId: runIdOf(args) })
  await engine.client.call('runs.tag', { runId, tags })
  tell({ schema: 'interleave/tags@1', runId, tags }, values, host, () =>
    tags.length === 0
      ? host.t('runs.untagged', { run: runId })
      : host.t('runs.tagged', { run: runId, tags: tags.join(', ') }),
  )
  return 0
}

interface Steer {
  readonly said: 'runs.paused' | 'runs.continued' | 'runs.stopping' | 'runs.tuned'
  /** What `--json` says besides the run. */
  readonly facts?: object
  readonly act: (engine: OpenEngine, runId: string) => Promise<void>
}

async function steer(
  { args, values }: CommandCall,
  host: Host,
  { said, facts, act }: Steer,
): Promise<number> {
  await using engine = await host.openEngine(values)
  const { runId } = await engine.client.call('runs.show', { runId: runIdOf(args) })
  await act(engine, runId)
  const document = { schema: 'interleave/steered@1', runId, done: said.slice('runs.'.length), ...facts }
  tell(document, values, host, () => host.t(said, { run: runId }))
  return 0
}

/** @throws CommandError when nothing is to change. */
function tuningOf(values: FlagValues): Tuning {
  const given: Record<string, number | null> = {}
  for (const [key, value] of Object.entries(readFields(TUNED_FIELDS, values)))
    if (value !== null) given[key] = value
  for (const [key, field] of Object.entries(TUNED_LIMITS)) {
    if (values[field.flag] === false) given[key] = null
    else Object.assign(given, readFields({ [key]: field }, values))
  }
  if (Object.keys(given).length > 0) return given
  const flags = Object.values({ ...TUNED_FIELDS, ...TUNED_LIMITS }).map(({ flag }) => `--${flag}`)
  throw new CommandError(t => t('usage.nothingToTune', { flags: flags.join(', ') }))
}

function checkedTag(word: string): string {
  const text = word.trim()
  if (text.length > 0 && text.length <= TAG_CHARACTERS && printable(text) === text) return text
  throw new CommandError(t => t('usage.badTag', { max: TAG_CHARACTERS, value: printable(text) }))
}

function tell(document: object, values: FlagValues, { output }: Host, text: () => string): void {
  if (isOn(values, 'json')) output.writeOut(`${JSON.stringify(document)}\n`)
  else if (!isOn(values, 'quiet')) output.writeErr(`${text()}\n`)
}
