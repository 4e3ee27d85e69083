import type { MeasuredPoint } from '../../../engine/lab/judge.ts'
import type { ComparedRun } from '../../../shared/model/comparison.ts'
import type { Model } from '../../../shared/model/fields/parallelism.ts'
import { parallelismDefaultsOf } from '../../../shared/model/parallelism.ts'

export const comparedRun = (given: Partial<ComparedRun> = {}): ComparedRun => ({
  runId: '20261122-000000-000000',
  block: 0,
  order: 0,
  tasks: 1_000,
  failed: 0,
  workMs: 1_000,
  startMs: 100,
  throughputPerSec: 1_000,
  latencyMs: { p50: 1, p90: 1, p95: 1, p99: 1, max: 1 },
  phases: { queueMs: 0, connectMs: 0, firstByteMs: 0, bodyMs: 0, cpuMs: 0 },
  cpuSec: 1,
  peakRssBytes: 1e8,
  inFlight: 1,
  loopRatio: 0.5,
  cpuRatio: 1,
  digest: null,
  bottleneck: { name: 'loop', share: 0.9, cpuBoundRatio: 0.9 },
  void: null,
  ...given,
})

/** A point with one run a block, of these throughputs. */
export const measuredPoint = (
  name: string,
  throughputs: readonly number[],
  { model = 'loop', lanes = 1 }: { readonly model?: Model; readonly lanes?: number } = {},
): MeasuredPoint => ({
  point: { name, parallelism: { ...parallelismDefaultsOf('cpu'), model } },
  parallelism: {
    model,
    processes: 1,
    threads: 1,
    inFlight: lanes,
    partition: 'dynamic',
    order: 'completion',
  },
  runs: throughputs.map((throughputPerSec, block) =>
    comparedRun({ block, order: block * 10, throughputPerSec }),
  ),
})
