import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { KERNEL } from '../../engine/executor/kernels/registry.ts'
import type { KernelName } from '../../shared/model/fields/cpu.ts'
import { runInterleave } from '../harness/interleave.ts'
import { runRounds, type Rounds } from '../harness/rounds.ts'
import {
  atLeast,
  type BenchOptions,
  type Contender,
  type Goal,
  type Report,
  type Scenario,
} from '../harness/scenario.ts'
import type { KernelWork } from '../peers/kernel-tasks.ts'

const RUNNER = new URL('../peers/kernel-runner.ts', import.meta.url)
/** Tasks of one unit: about two seconds. */
const UNIT = 400
const QUICK_UNIT = 60
const SPEED_UP = 1.8
/** Below it two processes that share nothing do not get two cores, and no product could. */
const IDLE_SPEED_UP = 1.9

interface Work {
  readonly kernel: KernelName
  /** Tasks of one unit; two workers get two. */
  readonly unit: number
  readonly workDir: string
}

/** Runs a unit on each of so many bare processes. @returns Tasks a second. */
async function runBare({ kernel, unit }: Work, processes: number): Promise<number> {
  const children = Array.from({ length: processes }, () => fork(RUNNER))
  try {
    const size = KERNEL[kernel].defaultSize
    const warm: KernelWork = { kernel, first: 0, tasks: 5, size }
    await Promise.all(children.map(child => ask(child, warm)))
    const startMs = performance.now()
    await Promise.all(children.map((child, at) => ask(child, { ...warm, first: at * unit, tasks: unit })))
    return (processes * unit * 1_000) / (performance.now() - startMs)
  } finally {
    for (const child of children) child.disconnect()
  }
}

async function ask(child: ChildProcess, work: KernelWork): Promise<void> {
  const answered = once(child, 'message')
  child.send(work)
  await answered
}

const bare = (work: Work, processes: number): Contender => ({
  name: `${work.kernel}: bare x${processes}`,
  run: async () => ({ value: await runBare(work, processes), also: {} }),
})

/** @param digests Where the digest of each number of tasks is kept, so that models can be compared. */
function ours(work: Work, model: string, units: number, digests: Map<number, string>): Contender {
  const tasks = work.unit * units
  const width = model === 'sequential' ? [] : [`--${model}`, String(units)]
  const args = ['cpu', '--kernel', work.kernel, '--tasks', String(tasks), '--model', model, ...width]
  return {
    name: `${work.kernel}: ${model}`,
    run: async () => {
      const { summary, measured } = await runInterleave({ args, core: null, workDir: work.workDir })
      const digest = digests.get(tasks) ?? summary.digest
      if (digest === null || digest !== summary.digest) {
        throw new Error(`${model} gave digest ${summary.digest}, another model ${digest}`)
      }
      digests.set(tasks, digest)
      const also = { 'whole s': measured.seconds, 'RSS MiB': measured.peakRssBytes / 2 ** 20 }
      return { value: summary.throughputPerSec, also }
    },
  }
}

function goalsOf(rounds: Rounds, kernel: KernelName): { goals: Goal[]; notes: string[] } {
  const speedUp = (name: string, one: string): number =>
    rounds.ratio(`${kernel}: ${name}`, `${kernel}: ${one}`)
  const idle = speedUp('bare x2', 'bare x1')
  const isNoisy = idle < IDLE_SPEED_UP
  return {
    goals: ['threads', 'processes'].map(model =>
      atLeast(`${kernel}, speed-up with two ${model}`, speedUp(model, 'sequential'), SPEED_UP),
    ),
    notes: isNoisy
      ? [
          `NOISY: two bare processes ran ${kernel} only ${idle.toFixed(2)} times as fast as one; a neighbour looks like a lock`,
        ]
      : [],
  }
}

async function run({ rounds, isQuick, isFull, workDir }: BenchOptions): Promise<Report> {
  const kernels: readonly KernelName[] = isFull
    ? Object.values(KERNEL).map(({ name }) => name)
    : ['primes', 'sha256']
  const unit = isQuick ? QUICK_UNIT : UNIT
  const reports: Report[] = []
  for (const kernel of kernels) {
    const work = { kernel, unit, workDir }
    const digests = new Map<number, string>()
    const contenders = [
      bare(work, 1),
      bare(work, 2),
      ours(work, 'sequential', 1, digests),
      ours(work, 'threads', 2, digests),
      ours(work, 'processes', 2, digests),
    ]
    const results = await runRounds(contenders, rounds)
    reports.push({
      rows: results.table('tasks/s', `${kernel}: bare x1`).map(renameRatio),
      ...goalsOf(results, kernel),
    })
  }
  return {
    rows: reports.flatMap(report => report.rows),
    goals: reports.flatMap(report => report.goals),
    notes: reports.flatMap(report => report.notes),
  }
}

/** All kernels share the table, so that the column must not name one. */
const renameRatio = (row: Record<string, string | number>): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key.startsWith('x ') ? 'x bare x1' : key, value]),
  )

export const cpu: Scenario = {
  name: 'cpu',
  title: 'speed-up of cpu kernels on two workers, against one unit on one',
  run,
}
