import { performance } from 'node:perf_hooks'
import { residentBytes } from '../telemetry/resident-bytes.ts'
import type { WorkerGauges } from './protocol.ts'

const MICROSECONDS_PER_SECOND = 1e6

/** Measures this thread's event loop and its process, from one reading to the next. */
export class GaugeReader {
  #previous = performance.eventLoopUtilization()

  read(): Pick<WorkerGauges, 'loopUtilisationRatio' | 'cpuSec' | 'rssBytes'> {
    const current = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(current, this.#previous)
    this.#previous = current
    const { user, system } = process.cpuUsage()
    return {
      // Idle loops were seen to report ratios a little outside 0..1 (nodejs/node#40525).
      loopUtilisationRatio: Math.min(1, Math.max(0, utilization || 0)),
      cpuSec: (user + system) / MICROSECONDS_PER_SECOND,
      rssBytes: residentBytes(),
    }
  }
}
