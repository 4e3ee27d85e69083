import type { ComparedRun, RunBottleneck, VoidReason } from '../../shared/model/comparison.ts'
import type { JobSpec } from '../../shared/model/job.ts'
import type { RunSummary } from '../../shared/model/run.ts'
import type { RunHistory } from '../../shared/model/run-history.ts'
import { SAMPLE, SAMPLE_WIDTH, type SampleColumn } from '../../shared/model/sample.ts'
import { bottleneckOf } from './bottleneck.ts'
import type { PlannedRun } from './run-order.ts'

/** Of a fifth of a second each. */
const FEWEST_ROWS = 5

interface Ended {
  readonly planned: PlannedRun
  readonly order: number
  readonly summary: RunSummary
  /** When its first task started, in milliseconds since the run began; `null` when none did. */
  readonly firstTaskMs: number | null
  readonly samples: RunHistory['samples']
  readonly job: JobSpec
  readonly machine: { readonly cpus: number; readonly cpuQuota: number }
}

/** @returns What a comparison keeps of a run that has ended. */
export function measureRun(ended: Ended): ComparedRun {
  const { planned, order, summary, firstTaskMs, samples } = ended
  const startMs = firstTaskMs ?? summary.elapsedMs
  const workMs = Math.max(0, summary.elapsedMs - startMs)
  const { ok, failed, skipped, quarantined } = summary.tasks
  const settled = ok + failed + skipped + quarantined
  return {
    runId: summary.runId,
    block: planned.block,
    order,
    tasks: settled,
    failed: failed + quarantined,
    workMs,
    startMs,
    throughputPerSec: workMs > 0 ? (settled * 1_000) / workMs : 0,
    latencyMs: summary.latencyMs,
    phases: summary.phases,
    cpuSec: summary.cpuSec,
    peakRssBytes: summary.peakRssBytes,
    inFlight: meanOf(samples, 'inFlight'),
    loopRatio: meanOf(samples, 'loopRatio'),
    cpuRatio: meanOf(samples, 'cpuRatio'),
    digest: summary.digest,
    bottleneck: heldUpBy(ended),
    void: voidOf(summary),
  }
}

function heldUpBy({ job, machine, samples, summary }: Ended): RunBottleneck {
  const { name, share, cpuBound } = bottleneckOf({
    kind: job.kind,
    samples,
    tasks: summary.tasks.total,
    cpuQuota: machine.cpuQuota,
    machineCpus: machine.cpus,
    elsewhereCpus: null,
    ratePerSec: job.kind === 'crawl' ? job.crawl.ratePerSec : null,
    sinkStallMs: null,
    readerStallMs: null,
  })
  // In a run of a second its begin and its end are most of what was seen.
  if (busyRows(samples).length < FEWEST_ROWS) return { name: 'none', share: 0, cpuBoundRatio: null }
  return { name, share, cpuBoundRatio: Number.isNaN(cpuBound.ratio) ? null : cpuBound.ratio }
}

function voidOf({ state, tasks, exit, error }: RunSummary): VoidReason | null {
  if (state !== 'done' || tasks.remaining > 0)
    return { type: 'not-done', detail: error?.message ?? exit.reason }
  return null
}

/** Where the rows begin in which something settled: making workers and the last lanes running dry are no load. */
function busyRows(samples: Float64Array): number[] {
  const rows: number[] = []
  for (let at = 0; at + SAMPLE_WIDTH <= samples.length; at += SAMPLE_WIDTH)
    if (samples[at + SAMPLE.settled]! > 0) rows.push(at)
  return rows
}

function meanOf(samples: Float64Array, column: SampleColumn): number | null {
  const values = busyRows(samples)
    .map(at => samples[at + SAMPLE[column]]!)
    .filter(value => !Number.isNaN(value))
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
