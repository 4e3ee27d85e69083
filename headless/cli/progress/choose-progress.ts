import type { Host } from '../host.ts'
import { isOn, textOf, textsOf, type FlagValues } from '../flag-spec.ts'
import { PROGRESS_MODES, type ProgressMode } from '../run-flags.ts'
import { CommandError } from '../command-error.ts'
import { noProgress, type Progress } from './progress.ts'
import type { ProgressView } from './view.ts'

/** @throws CommandError for a mode that there is not. */
export function readProgressMode(values: FlagValues): ProgressMode {
  const text = textOf(values, 'progress') ?? 'auto'
  const mode = PROGRESS_MODES.find(name => name === text)
  if (mode !== undefined) return mode
  const choices = PROGRESS_MODES.join(', ')
  throw new CommandError(t =>
    t('usage.badValue', { flag: '--progress', value: text, expected: t('expected.choice', { choices }) }),
  )
}

/** Loads the display that was asked for; `auto` is the live view where standard error is a terminal. */
export async function chooseProgress(view: ProgressView, values: FlagValues, host: Host): Promise<Progress> {
  const { output, t } = host
  const mode = readProgressMode(values)
  if (isOn(values, 'quiet') || mode === 'none') return noProgress
  const write = (text: string) => output.writeErr(text)
  if (mode === 'json') return (await import('./json-progress.ts')).jsonProgress(write)
  const isTerminal = output.err.isTTY
  // Lines of results on the same terminal would tear the live view apart.
  const isShared = output.out.isTTY && (isOn(values, 'events') || textsOf(values, 'out').includes('-'))
  if (mode === 'bar' || (mode === 'auto' && isTerminal && !isShared)) {
    const { BarProgress } = await import('./bar-progress.ts')
    return new BarProgress({
      view,
      write,
      size: host.errSize,
      paint: host.paintErr,
      t,
      glyphs: host.glyphs,
    })
  }
  const { PlainProgress } = await import('./plain-progress.ts')
  return new PlainProgress({ view, write, t, pace: mode === 'plain' ? 'steady' : 'sparse' })
}
