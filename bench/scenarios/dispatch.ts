import { fileURLToPath } from 'node:url'
import { runInterleave } from '../harness/interleave.ts'
import { runRounds } from '../harness/rounds.ts'
import { runCommand } from '../harness/run-command.ts'
import { atMost, type BenchOptions, type Contender, type Report, type Scenario } from '../harness/scenario.ts'
import { median } from '../harness/statistics.ts'

const TASKS = 5_000_000
/** A product of two numbers: the cheapest task there is. */
const KERNEL = 'matrix'
const SIZE = '1'
const INLINE = fileURLToPath(new URL('../peers/inline-tasks.ts', import.meta.url))
const DISPATCH = fileURLToPath(new URL('../peers/dispatch-alone.ts', import.meta.url))
const ALONE = fileURLToPath(new URL('../peers/worker-alone.ts', import.meta.url))
const MICROSECONDS = 1e6

/** A program that runs the tasks and prints how many seconds they took, without its own start. */
const program = (name: string, file: string, tasks: number): Contender => ({
  name,
  run: async () => {
    const line = [process.execPath, file, KERNEL, SIZE, String(tasks)] as const
    const { stdout, cpuSec, peakRssBytes } = await runCommand({ line: [...line], core: null })
    const { seconds } = JSON.parse(stdout) as { seconds: number }
    const also = { 'CPU us/task': (cpuSec * MICROSECONDS) / tasks, 'RSS MiB': peakRssBytes / 2 ** 20 }
    return { value: (seconds * MICROSECONDS) / tasks, also }
  },
})

function contendersOf(tasks: number, workDir: string): Contender[] {
  const args = ['cpu', '--kernel', KERNEL, '--size', SIZE, '--tasks', String(tasks), '--model', 'processes']
  return [
    program('inline', INLINE, tasks),
    program('dispatch alone', DISPATCH, tasks),
    program('worker alone', ALONE, tasks),
    {
      name: 'interleave',
      run: async () => {
        const { summary, measured } = await runInterleave({
          args: [...args, '--processes', '1'],
          core: null,
          workDir,
        })
        const also = {
          'CPU us/task': (measured.cpuSec * MICROSECONDS) / tasks,
          'RSS MiB': measured.peakRssBytes / 2 ** 20,
        }
        return { value: (summary.elapsedMs * 1_000) / tasks, also }
      },
    },
  ]
}

async function run({ rounds, isQuick, workDir }: BenchOptions): Promise<Report> {
  const results = await runRounds(contendersOf(isQuick ? TASKS / 10 : TASKS, workDir), rounds)
  const inline = results.values('inline')
  const over = (name: string): number =>
    median(results.values(name).map((value, round) => value - inline[round]!))
  return {
    rows: results.table('us/task', 'inline'),
    goals: [atMost('dispatch of a task, microseconds', median(results.values('dispatch alone')), 0.3)],
    notes: [
      'dispatch alone: lease, intake, semaphore, lane and back; nothing is computed or recorded',
      `worker alone: with kernel, telemetry and a full record, ${over('worker alone').toFixed(2)} us over inline`,
      `interleave: committed to the journal, start included, ${over('interleave').toFixed(2)} us over inline`,
    ],
  }
}

export const dispatch: Scenario = {
  name: 'dispatch',
  title: 'what a task costs beyond its work: five million tasks of nearly none',
  run,
}
