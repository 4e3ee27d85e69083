import { rmSync, statSync } from 'node:fs'
import type { OutputState } from '../journal/journal-codec.ts'
import type { JournalState } from '../journal/journal-state.ts'
import type { RunPaths } from '../journal/run-paths.ts'
import { START, fileExists } from '../sink/record-sink.ts'
import { sqliteSink } from '../sink/sqlite.ts'
import { outputPlans, type OutputPlan } from './output-plan.ts'
import { Output } from './output.ts'
import { SegmentPool } from './segment-pool.ts'

/**
 * What a new run is about to create. It stands in the journal before the files do: the files of a run whose process
 * ends in between are its own when it is resumed, and not somebody's to be asked about.
 */
export const intendedOutputs = ({ run, given }: Pick<JournalState, 'run' | 'given'>): OutputState[] =>
  outputPlans(run.job, given.options, given.parallelism)
    .filter(({ path, mode }) => path !== '-' && mode === 'create')
    .map(({ path }) => ({ path, baseBytes: 0, bytes: 0, position: START, isIntended: true }))

/**
 * Opens every file that the run writes by way of its segments, each where it had come to.
 *
 * @throws JobError when one of them cannot be written; those that this attempt has made are gone then.
 */
export async function openOutputs(paths: RunPaths, state: JournalState): Promise<Output[]> {
  const { run, given, segments, outputs, dropped } = state
  const known = new Map<string, OutputState>(outputs.map(output => [output.path, output]))
  const opened: Output[] = []
  try {
    for (const plan of outputPlans(run.job, given.options, given.parallelism)) {
      const resume = resumeOf(plan, known.get(plan.path))
      const pool = new SegmentPool(paths, segments, dropped)
      opened.push(await Output.open({ plan, runId: paths.runId, resume, pool }))
    }
    return opened
  } catch (error) {
    for (const output of opened) {
      await output.close()
      const { path } = output.state
      // A file that this attempt has made must not stand in the way of the next.
      if (path !== '-' && !known.has(path) && given.options.outMode === 'create')
        rmSync(path, { force: true })
    }
    throw error
  }
}

/** Records are written only after the journal has what became of the intention: till then our own file is empty. */
function resumeOf({ path, sink }: OutputPlan, known: OutputState | undefined): OutputState | null {
  if (known === undefined) return null
  const { isIntended = false, ...state } = known
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (isIntended && bytes > 0 && sink !== sqliteSink) throw fileExists(path)
  return state
}
