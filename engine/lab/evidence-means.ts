import { SAMPLE, SAMPLE_WIDTH, type SampleColumn } from '../../shared/model/sample.ts'
import type { BottleneckEvidence, ReasonKey } from './bottleneck-evidence.ts'

/** Of each number that a finding may rest on, over the run; 0 for what was not measured. */
export type Means = Readonly<Record<ReasonKey, number>>

/** One row of a run's samples, with its length in place of its time. */
export interface EvidenceRow {
  readonly lengthMs: number
  readonly of: (column: SampleColumn) => number
}

/** @returns Rows of some length from the first task on: what starting costs has nothing to do with the work. */
export function rowsOf(samples: Float64Array): EvidenceRow[] {
  const rows: EvidenceRow[] = []
  let beforeMs = 0
  for (let at = 0; at < samples.length; at += SAMPLE_WIDTH) {
    const elapsedMs = samples[at + SAMPLE.elapsedMs]!
    const of = (column: SampleColumn): number => samples[at + SAMPLE[column]]!
    const hasBegun = rows.length > 0 || of('settled') > 0 || of('inFlight') > 0
    if (hasBegun && elapsedMs > beforeMs) rows.push({ lengthMs: elapsedMs - beforeMs, of })
    beforeMs = elapsedMs
  }
  return rows
}

/** @returns `null` when nothing was done that was sampled. */
export function meansOf(evidence: BottleneckEvidence): Means | null {
  const rows = rowsOf(evidence.samples)
  const sum = (valueOf: (row: EvidenceRow) => number): number =>
    rows.reduce((total, row) => total + known(valueOf(row)), 0)
  const overTime = (column: SampleColumn): number => sum(({ lengthMs, of }) => lengthMs * known(of(column)))
  const elapsedMs = sum(({ lengthMs }) => lengthMs)
  const settled = sum(({ of }) => of('settled'))
  const laneMs = overTime('limit')
  if (!(elapsedMs > 0 && settled > 0 && laneMs > 0)) return null

  const flightMs = overTime('inFlight')
  const taskCpuMs = sum(({ of }) => of('cpuMs'))
  const serverMs = sum(({ of }) => known(of('connectMs')) + known(of('firstByteMs')) + known(of('bodyMs')))
  const requests = settled + sum(({ of }) => of('retries'))
  return {
    cpuRatio: overTime('cpuRatio') / elapsedMs / evidence.cpuQuota,
    elsewhereRatio: (evidence.elsewhereCpus ?? 0) / evidence.machineCpus,
    loopRatio: overTime('loopRatio') / elapsedMs,
    occupancyRatio: flightMs / laneMs,
    ...idleRatios(evidence, rows, laneMs),
    rateRatio: evidence.ratePerSec === null ? 0 : (requests * 1_000) / elapsedMs / evidence.ratePerSec,
    // Phases count when a task settles, time in flight as it passes: at the begin of a run they differ.
    serverWaitRatio: ratio(serverMs, Math.max(flightMs, serverMs + taskCpuMs)),
    sinkWaitRatio: ratio(flightMs - taskCpuMs, flightMs),
    wallMs: flightMs / settled,
    cpuMs: overTime('cpuRatio') / settled,
  }
}

type IdleRatios = Pick<
  Means,
  'idleNoTasksRatio' | 'idleSinkRatio' | 'idleReaderRatio' | 'idleHeldRatio' | 'idleUnfedRatio'
>

/** Shares out the time of lanes without a task among its causes, the certain ones first. */
function idleRatios(evidence: BottleneckEvidence, rows: readonly EvidenceRow[], laneMs: number): IdleRatios {
  const elapsedMs = rows.reduce((sum, { lengthMs }) => sum + lengthMs, 0)
  const [sinkStall, readerStall] = [evidence.sinkStallMs, evidence.readerStallMs].map(
    stallMs => (stallMs ?? 0) / elapsedMs,
  ) as [number, number]
  // Lanes of a load have batches, and what waits there are the records in them.
  const isLoad = evidence.kind === 'load'
  const idleMs = { none: 0, sink: 0, reader: 0, held: 0, unfed: 0 }
  let left = evidence.tasks ?? Number.POSITIVE_INFINITY
  for (const { lengthMs, of } of rows) {
    const lanes = known(of('limit'))
    let idle = Math.max(0, lanes - known(of('inFlight')))
    const take = (most: number): number => {
      const taken = Math.min(idle, Math.max(0, most))
      idle -= taken
      return taken * lengthMs
    }
    left -= known(of('settled'))
    idleMs.none += take(isLoad ? (left <= known(of('waiting')) ? lanes : 0) : lanes - left)
    idleMs.sink += take(lanes * sinkStall)
    idleMs.reader += take(lanes * readerStall)
    // Each worker has one task in hand for which it looks for a lane; more than that wait for a host or the rate.
    idleMs.held += take(isLoad ? 0 : known(of('waiting')) - known(of('workers')))
    idleMs.unfed += take(idle)
  }
  return {
    idleNoTasksRatio: idleMs.none / laneMs,
    idleSinkRatio: idleMs.sink / laneMs,
    idleReaderRatio: idleMs.reader / laneMs,
    idleHeldRatio: idleMs.held / laneMs,
    idleUnfedRatio: idleMs.unfed / laneMs,
  }
}

/** Samples say NaN for what they have not measured. */
export const known = (value: number): number => (Number.isNaN(value) ? 0 : value)

const ratio = (part: number, whole: number): number => (whole > 0 ? Math.max(0, part) / whole : 0)
