import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand, type Measured } from './run-command.ts'

const COMMAND = fileURLToPath(new URL('../../bin/interleave.mjs', import.meta.url))

/** What a benchmark reads of `interleave/summary@1`. */
export interface Summary {
  readonly tasks: { readonly total: number; readonly ok: number }
  readonly elapsedMs: number
  readonly throughputPerSec: number
  readonly digest: string | null
}

export interface InterleaveRun {
  readonly summary: Summary
  readonly measured: Measured
}

interface Options {
  readonly args: readonly string[]
  readonly core: number | null
  readonly workDir: string
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs the command as a user does, with its journal, a full record per task and telemetry, in an empty data directory.
 *
 * @throws Error when a task did not end well: such a run measures something else.
 */
export async function runInterleave({ args, core, workDir, env }: Options): Promise<InterleaveRun> {
  const dataDir = join(workDir, 'data')
  rmSync(dataDir, { recursive: true, force: true })
  const line = [process.execPath, COMMAND, ...args, '--json', '--quiet', '--data-dir', dataDir] as const
  const measured = await runCommand({ line: [...line], core, ...(env === undefined ? {} : { env }) })
  rmSync(dataDir, { recursive: true, force: true })
  const summary = JSON.parse(measured.stdout) as Summary
  if (summary.tasks.ok !== summary.tasks.total) {
    throw new Error(
      `interleave ${args.join(' ')}: ${summary.tasks.ok} of ${summary.tasks.total} tasks ended well`,
    )
  }
  return { summary, measured }
}
