import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { KERNEL } from '../../engine/executor/kernels/registry.ts'
import { KERNELS, type KernelName } from '../../shared/model/fields/cpu.ts'
import { atMost, type Report, type Scenario } from '../harness/scenario.ts'
import { median } from '../harness/statistics.ts'
import { timeTasks, type KernelWork } from '../peers/kernel-tasks.ts'

const RUNNER = new URL('../peers/kernel-runner.ts', import.meta.url)
/** Tasks in a batch: a tenth of a second, at most. */
const TASKS = 12
const BATCHES_PER_ROUND = 8
const PLACES = ['inline', 'thread', 'process'] as const
type Place = (typeof PLACES)[number]

/** Runs tasks somewhere and gives the milliseconds of each. */
interface Runner extends AsyncDisposable {
  run(work: KernelWork): Promise<readonly number[]>
}

function inlineRunner(): Runner {
  return { run: async work => timeTasks(work), [Symbol.asyncDispose]: async () => undefined }
}

function threadRunner(): Runner {
  const worker = new Worker(RUNNER)
  return {
    run: async work => {
      worker.postMessage(work)
      const [times] = (await once(worker, 'message')) as [number[]]
      return times
    },
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  }
}

function processRunner(): Runner {
  const child = fork(RUNNER)
  return {
    run: async work => {
      child.send(work)
      const [times] = (await once(child, 'message')) as [number[]]
      return times
    },
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}

/** Median milliseconds of a task, by place and batch. */
type Times = Record<Place, number[]>

async function measure(kernel: KernelName, batches: number): Promise<Times> {
  await using inline = inlineRunner()
  await using thread = threadRunner()
  await using process = processRunner()
  const runners = { inline, thread, process }
  const times: Times = { inline: [], thread: [], process: [] }
  // The first batch compiles the kernel in each place.
  for (let batch = 0; batch <= batches; batch += 1) {
    for (const place of PLACES) {
      const taken = await runners[place].run({
        kernel,
        first: batch * TASKS,
        tasks: TASKS,
        size: KERNEL[kernel].defaultSize,
      })
      if (batch > 0) times[place].push(median(taken))
    }
  }
  return times
}

async function run({ rounds, isQuick }: { rounds: number; isQuick: boolean }): Promise<Report> {
  const rows: Record<string, string | number>[] = []
  const goals: Report['goals'][number][] = []
  for (const kernel of KERNELS) {
    const times = await measure(kernel, isQuick ? 3 : rounds * BATCHES_PER_ROUND)
    // The best batch of each: what a neighbour takes only ever makes one slower, and short batches find quiet moments.
    const best = (place: Place): number => Math.min(...times[place])
    rows.push({
      kernel,
      size: KERNEL[kernel].defaultSize,
      'inline ms': best('inline'),
      'thread ms': best('thread'),
      'process ms': best('process'),
      'thread / inline': best('thread') / best('inline'),
      'process / inline': best('process') / best('inline'),
    })
    for (const place of ['thread', 'process'] as const) {
      goals.push(atMost(`${kernel}, ${place} / inline`, best(place) / best('inline'), 1.1))
    }
  }
  return { rows, goals, notes: ['milliseconds a task, median of a batch, best of the batches'] }
}

/** Whether a kernel is as fast in a message handler of a worker as on a main thread. */
export const kernels: Scenario = {
  name: 'kernels',
  title: 'each kernel inline, in a worker thread and in a process',
  run,
}
