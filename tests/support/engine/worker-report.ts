import type { WorkerReport } from '../../../engine/worker/protocol.ts'
import { COUNTER, makeCounters, type CounterName } from '../../../shared/model/counters.ts'
import { Histogram, HISTOGRAMS } from '../../../shared/model/histogram.ts'

interface Given extends Partial<Omit<WorkerReport, 'counters' | 'gauges'>> {
  readonly counters?: Partial<Record<CounterName, number>>
  readonly gauges?: Partial<WorkerReport['gauges']>
  readonly latenciesMs?: readonly number[]
}

export function makeReport({
  counters = {},
  gauges = {},
  latenciesMs = [],
  ...given
}: Given = {}): WorkerReport {
  const sums = makeCounters()
  for (const [name, value] of Object.entries(counters)) sums[COUNTER[name as CounterName]] = value
  const histograms = HISTOGRAMS.map(() => new Histogram())
  for (const ms of latenciesMs) histograms[0]!.record(ms)
  return {
    type: 'report',
    seq: 1,
    leases: [],
    segmentBytes: 0,
    counters: sums,
    histograms: histograms.map(histogram => histogram.drain()),
    spans: new Float64Array(),
    errors: [],
    failures: [],
    failuresOmitted: 0,
    gauges: {
      inFlight: 0,
      waiting: 0,
      loopUtilisationRatio: 0,
      cpuSec: 0,
      rssBytes: 0,
      current: null,
      ...gauges,
    },
    ...given,
  }
}
