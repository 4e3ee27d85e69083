import type { JobKind } from '../../../../shared/model/job.ts'
import { SAMPLE, SAMPLE_WIDTH, type SampleColumn } from '../../../../shared/model/sample.ts'
import type { BottleneckEvidence } from '../../../../engine/lab/bottleneck-evidence.ts'
import { seededRandom, type Random } from '../../../../engine/lab/statistics/seeded-random.ts'

/** A system of queues, and the job that goes through it. Times in milliseconds. */
export interface SimulatedSystem {
  readonly kind?: JobKind
  readonly tasks: number
  readonly lanes: number
  readonly workers?: number
  readonly cpus: number
  /** How much of a CPU the workers get, when others use the machine as well. */
  readonly cpuSpeed?: number
  readonly elsewhereCpus?: number
  /** CPU time of a task. */
  readonly cpuMs: number
  /** A wait that nothing else makes longer. */
  readonly waitMs?: (task: number) => number
  /** Servers that take one task at a time each, for times from an exponential distribution with this mean. */
  readonly servers?: { readonly count: number; readonly meanMs: number }
  /** A token bucket of one token. */
  readonly ratePerSec?: number
  /** How many tasks a second become known. */
  readonly fedPerSec?: number
  /** From when to when nothing starts, because outputs stand still. */
  readonly sinkStalls?: readonly (readonly [number, number])[]
}

const ROW_MS = 200
const MOMENTS = ['inFlight', 'loopRatio', 'cpuRatio', 'waiting'] as const satisfies readonly SampleColumn[]

/**
 * Sends every task through the system, one event after the other, and writes down what samples of a run would say.
 *
 * A task takes the first free lane when it is known and has a token, waits for the loop of its worker and a CPU, computes, then
 * waits, then is served. Stations serve in order of arrival.
 */
export function simulatedEvidence(system: SimulatedSystem): BottleneckEvidence {
  const { kind = 'crawl', lanes, workers = 1, cpus, cpuSpeed = 1, ratePerSec = null } = system
  const random = seededRandom(1)
  const lanesFree = new Array<number>(lanes).fill(0)
  const loops = new Array<number>(workers).fill(0)
  const processors = new Array<number>(Math.min(cpus, lanes)).fill(0)
  const servers = new Array<number>(system.servers?.count ?? 0).fill(0)
  const rows = new Rows()
  // Tasks start in order, and each station is asked in the order of starts: for stations that come first in a task's way
  // that is the order of arrival; behind a wait of equal length as well.
  for (let task = 0; task < system.tasks; task += 1) {
    const lane = soonest(lanesFree)
    const knownMs = system.fedPerSec === undefined ? 0 : (task * 1_000) / system.fedPerSec
    const tokenMs = ratePerSec === null ? 0 : (task * 1_000) / ratePerSec
    const startMs = afterStalls(Math.max(lanesFree[lane]!, knownMs, tokenMs), system.sinkStalls ?? [])
    const loop = lane % workers
    const processor = soonest(processors)
    const loopMs = Math.max(startMs, loops[loop]!)
    const computeMs = Math.max(loopMs, processors[processor]!)
    const computedMs = computeMs + system.cpuMs / cpuSpeed
    loops[loop] = computedMs
    processors[processor] = computedMs
    const waitedMs = computedMs + (system.waitMs?.(task) ?? 0)
    const endMs =
      system.servers === undefined ? waitedMs : served(servers, waitedMs, system.servers.meanMs, random)
    lanesFree[lane] = endMs
    rows.spread('inFlight', startMs, endMs, 1)
    rows.spread('loopRatio', loopMs, computedMs, 1 / workers)
    rows.spread('cpuRatio', computeMs, computedMs, cpuSpeed)
    if (tokenMs > 0) rows.spread('waiting', Math.max(0, tokenMs - (256 * 1_000) / ratePerSec!), startMs, 1)
    rows.add('settled', endMs, 1)
    rows.add('cpuMs', endMs, computedMs - computeMs)
    if (kind === 'crawl') rows.add('firstByteMs', endMs, endMs - computedMs)
  }
  return {
    kind,
    samples: rows.samples(lanes, workers),
    tasks: system.tasks,
    cpuQuota: cpus,
    machineCpus: cpus,
    elsewhereCpus: system.elsewhereCpus ?? null,
    ratePerSec,
    sinkStallMs: system.sinkStalls?.reduce((sum, [from, to]) => sum + to - from, 0) ?? null,
    readerStallMs: null,
  }
}

function served(servers: number[], atMs: number, meanMs: number, random: Random): number {
  const server = soonest(servers)
  const endMs = Math.max(atMs, servers[server]!) - meanMs * Math.log(1 - random())
  servers[server] = endMs
  return endMs
}

const soonest = (freeMs: readonly number[]): number =>
  freeMs.reduce((best, ms, at) => (ms < freeMs[best]! ? at : best), 0)

const afterStalls = (ms: number, stalls: readonly (readonly [number, number])[]): number =>
  stalls.find(([from, to]) => from <= ms && ms < to)?.[1] ?? ms

class Rows {
  readonly #rows: Float64Array[] = []
  #endMs = 0

  add(column: SampleColumn, atMs: number, value: number): void {
    this.#endMs = Math.max(this.#endMs, atMs)
    this.#row(Math.max(0, Math.ceil(atMs / ROW_MS) - 1))[SAMPLE[column]]! += value
  }

  /** Adds a value to a column of the moment for a stretch of time. */
  spread(column: SampleColumn, fromMs: number, toMs: number, value: number): void {
    for (let row = Math.floor(fromMs / ROW_MS); row * ROW_MS < toMs; row += 1) {
      const sharedMs = Math.min(toMs, (row + 1) * ROW_MS) - Math.max(fromMs, row * ROW_MS)
      this.#row(row)[SAMPLE[column]]! += (value * sharedMs) / ROW_MS
    }
  }

  samples(limit: number, workers: number): Float64Array {
    const samples = new Float64Array(this.#rows.length * SAMPLE_WIDTH)
    for (const [at, row] of this.#rows.entries()) {
      row[SAMPLE.elapsedMs] = Math.min((at + 1) * ROW_MS, this.#endMs)
      // The last row is as long as there was something to do.
      const lengthMs = row[SAMPLE.elapsedMs]! - at * ROW_MS
      for (const column of MOMENTS) row[SAMPLE[column]]! *= ROW_MS / lengthMs
      row[SAMPLE.limit] = limit
      row[SAMPLE.workers] = workers
      samples.set(row, at * SAMPLE_WIDTH)
    }
    return samples
  }

  #row(at: number): Float64Array {
    while (this.#rows.length <= at) this.#rows.push(new Float64Array(SAMPLE_WIDTH))
    return this.#rows[at]!
  }
}
