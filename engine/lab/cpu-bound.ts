import { SATURATED, type BottleneckEvidence } from './bottleneck-evidence.ts'
import { known, rowsOf } from './evidence-means.ts'
import { middle95 } from './statistics/residual-bootstrap.ts'
import { seededRandom } from './statistics/seeded-random.ts'

/**
 * What share of a task's time is its computing, when it has not to queue for it: 1 is bound by CPUs alone, 0 by waiting alone.
 * NaN when not measured.
 */
export interface CpuBound {
  readonly ratio: number
  /**
   * From the share with all queueing taken for waiting to the upper end of a 95 % interval from how much the samples differ. On
   * saturated loops or CPUs queueing cannot be told from waiting, and `high` is 1. NaN with fewer than five samples.
   */
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
 * CPU time of a task against its time in flight, less the time in which it only queued for a CPU or its loop.
 *
 * The queueing is that of a closed network with one station (Schweitzer's approximation of mean value analysis, 1979): with N
 * tasks for each server of the station, of which each computes D and which keep the server busy for a share ρ together, a
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
  const whole = sharesOf(rows, cpuQuota)
  if (whole === null) return { ratio: Number.NaN, low: Number.NaN, high: Number.NaN }
  const { ratio } = whole
  if (rows.length < FEWEST_ROWS) return { ratio, low: Number.NaN, high: Number.NaN }
  const random = seededRandom(SEED)
  const again = Array.from({ length: RESAMPLES }, () =>
    sharesOf(
      rows.map(() => rows[Math.floor(random() * rows.length)]!),
      cpuQuota,
    ),
  ).filter(shares => shares !== null)
  return {
    ratio,
    low: Math.min(ratio, middle95(again.map(({ leastRatio }) => leastRatio)).low),
    high: whole.useRatio >= SATURATED ? 1 : Math.max(ratio, middle95(again.map(shares => shares.ratio)).high),
  }
}

interface Shares {
  readonly ratio: number
  readonly leastRatio: number
  /** Of the station. */
  readonly useRatio: number
}

function sharesOf(rows: readonly Sums[], cpuQuota: number): Shares | null {
  const sum = (name: keyof Sums): number => rows.reduce((total, row) => total + row[name], 0)
  const lengthMs = sum('lengthMs')
  const settled = sum('settled')
  const flightMs = sum('flightMs')
  const servers = Math.min(cpuQuota, sum('workerMs') / lengthMs)
  if (!(settled > 0 && flightMs > 0 && servers > 0 && sum('cpuMs') > 0)) return null
  const cpuMs = sum('cpuMs') / settled
  // Work beside the tasks, such as reading inputs, can use more CPU time than tasks are in flight.
  const wallMs = Math.max(cpuMs, flightMs / settled)
  const tasks = Math.max(1, flightMs / lengthMs / servers)
  const useRatio = Math.min(1, sum('cpuMs') / lengthMs / servers)
  const stationMs = cpuMs / (1 - (useRatio * (tasks - 1)) / tasks)
  const waitMs = Math.max(0, wallMs - stationMs)
  return { ratio: cpuMs / (cpuMs + waitMs), leastRatio: cpuMs / wallMs, useRatio }
}
