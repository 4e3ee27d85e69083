import type { BottleneckEvidence } from './bottleneck-evidence.ts'
import { known, rowsOf } from './evidence-means.ts'
import { middle95 } from './statistics/residual-bootstrap.ts'
import { seededRandom } from './statistics/seeded-random.ts'

/** What share of its own time a task needs a CPU: 1 is bound by CPUs alone, 0 by waiting alone. NaN when not measured. */
export interface CpuBound {
  readonly ratio: number
  /** 95 %, from how much the samples differ; NaN with fewer than five. */
  readonly low: number
  readonly high: number
}

interface Sums {
  readonly lengthMs: number
  readonly settled: number
  readonly flightMs: number
  readonly cpuMs: number
  readonly workerMs: number
}

const FEWEST_ROWS = 5
const RESAMPLES = 200
const SEED = 1

/**
 * CPU time of a task against its time in flight, less the time in which it was only queueing for a CPU or its loop: a hundred tasks
 * that share one loop are in flight a hundred times as long as they compute, and yet bound by the CPU.
 *
 * The queueing is that of a closed network with one station (Schweitzer's approximation of mean value analysis, 1979): with N
 * tasks for each server of the station, of which each computes D and uses ρ of the server together with the others, a
 * task is at the station for D / (1 - ρ (N - 1) / N). The servers are the workers, or the CPUs where those are fewer. The
 * interval is a bootstrap of the rows.
 */
export function cpuBoundOf({
  samples,
  cpuQuota,
}: Pick<BottleneckEvidence, 'samples' | 'cpuQuota'>): CpuBound {
  const rows = rowsOf(samples).map(({ lengthMs, of }) => ({
    lengthMs,
    settled: known(of('settled')),
    flightMs: lengthMs * known(of('inFlight')),
    cpuMs: lengthMs * known(of('cpuRatio')),
    workerMs: lengthMs * known(of('workers')),
  }))
  const ratio = ratioOf(rows, cpuQuota)
  if (rows.length < FEWEST_ROWS || Number.isNaN(ratio)) return { ratio, low: Number.NaN, high: Number.NaN }
  const random = seededRandom(SEED)
  const again = Array.from({ length: RESAMPLES }, () =>
    ratioOf(
      rows.map(() => rows[Math.floor(random() * rows.length)]!),
      cpuQuota,
    ),
  )
  return { ratio, ...middle95(again.filter(value => !Number.isNaN(value))) }
}

function ratioOf(rows: readonly Sums[], cpuQuota: number): number {
  const sum = (name: keyof Sums): number => rows.reduce((total, row) => total + row[name], 0)
  const lengthMs = sum('lengthMs')
  const settled = sum('settled')
  const flightMs = sum('flightMs')
  const servers = Math.min(cpuQuota, sum('workerMs') / lengthMs)
  if (!(settled > 0 && flightMs > 0 && servers > 0)) return Number.NaN
  const cpuMs = sum('cpuMs') / settled
  const wallMs = flightMs / settled
  const tasks = Math.max(1, flightMs / lengthMs / servers)
  const useRatio = Math.min(1, sum('cpuMs') / lengthMs / servers)
  const stationMs = cpuMs / (1 - (useRatio * (tasks - 1)) / tasks)
  const waitMs = Math.max(0, wallMs - stationMs)
  return cpuMs + waitMs > 0 ? cpuMs / (cpuMs + waitMs) : Number.NaN
}
