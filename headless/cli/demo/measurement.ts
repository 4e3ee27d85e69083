import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

import type { Latencies, RunSummary, RunTick } from '../../../shared/model/run.ts'
import type { DemoStep } from './steps.ts'

/** What one run of the demo came to. */
export interface Measurement {
  readonly step: DemoStep
  readonly parallelism: RunSummary['parallelism']
  readonly settled: number
  readonly failed: number
  /** From the first task's start to the last one's end: starting workers is not counted. */
  readonly spanMs: number
  readonly throughputPerSec: number
  readonly latencyMs: Latencies
  readonly digest: string | null
  /** 0..1, part of the tasks' own time spent waiting for connections and servers. */
  readonly waitingRatio: number
  /** 0..1, mean of what the busiest loop computed while tasks were settling. */
  readonly loopBusyRatio: number
  /** False when it was stopped because the demo took too long. */
  readonly isWhole: boolean
  /** Of loads alone. */
  readonly load: {
    readonly inputBytes: number
    /** Whether the destination holds what was generated, and nothing else; `null` when the load was stopped. */
    readonly isExact: boolean | null
  } | null
}

/** Gathers from ticks what a summary does not hold. */
export class LoopWatch {
  #sum = 0
  #ticks = 0

  take(tick: RunTick): void {
    if (tick.state !== 'running' || tick.throughput.nowPerSec === 0) return
    this.#sum += Math.max(0, ...tick.workers.map(worker => worker.loopUtilisationRatio))
    this.#ticks += 1
  }

  get busyRatio(): number {
    return this.#ticks === 0 ? 0 : this.#sum / this.#ticks
  }
}

/** @param results The run's results as JSON Lines. */
export async function measure(
  step: DemoStep,
  summary: RunSummary,
  results: string,
  loopBusyRatio: number,
): Promise<Measurement> {
  const { tasks, phases } = summary
  const settled = tasks.total - tasks.remaining
  const spanMs = settled > 0 ? await spanOf(results) : 0
  const waitingMs = phases.connectMs + phases.firstByteMs
  const ownMs = waitingMs + phases.bodyMs + phases.cpuMs
  return {
    step,
    parallelism: summary.parallelism,
    settled,
    failed: tasks.failed + tasks.quarantined,
    spanMs,
    throughputPerSec: spanMs > 0 ? (settled * 1_000) / spanMs : 0,
    latencyMs: summary.latencyMs,
    digest: summary.digest,
    waitingRatio: ownMs > 0 ? waitingMs / ownMs : 0,
    loopBusyRatio,
    isWhole: tasks.remaining === 0,
    load: null,
  }
}

/** @returns Milliseconds from the first start to the last end; 0 without results. */
async function spanOf(results: string): Promise<number> {
  let first = Infinity
  let last = -Infinity
  for await (const line of createInterface({ input: createReadStream(results), crlfDelay: Infinity })) {
    const { startedAtMs, totalMs } = JSON.parse(line) as {
      readonly startedAtMs: number
      readonly totalMs: number
    }
    first = Math.min(first, startedAtMs)
    last = Math.max(last, startedAtMs + totalMs)
  }
  return last > first ? last - first : 0
}

/** How a measurement compares with the sequential one of the same kind; `null` for that one itself. */
export function speedUpOf(measurement: Measurement, all: readonly Measurement[]): number | null {
  const { kind, model } = measurement.step
  const base = all.find(({ step }) => step.kind === kind && step.model === 'sequential')
  if (base === undefined || model === 'sequential' || base.throughputPerSec === 0) return null
  return measurement.throughputPerSec / base.throughputPerSec
}

/** @returns Whether every whole cpu run computed the same; `null` when fewer than two can be compared. */
export function digestsAgree(all: readonly Measurement[]): boolean | null {
  const digests = all.filter(({ digest, isWhole }) => digest !== null && isWhole).map(({ digest }) => digest)
  return digests.length < 2 ? null : new Set(digests).size === 1
}
