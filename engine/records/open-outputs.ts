import { rmSync } from 'node:fs'
import type { OutputState } from '../journal/journal-codec.ts'
import type { JournalState } from '../journal/journal-state.ts'
import type { RunPaths } from '../journal/run-paths.ts'
import { outputPlans } from './output-plan.ts'
import { Output } from './output.ts'
import { SegmentPool } from './segment-pool.ts'

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
      const resume = known.get(plan.path) ?? null
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
