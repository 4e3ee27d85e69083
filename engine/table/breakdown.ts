import { errorCodeOf, type ErrorCode } from '../../shared/model/error.ts'
import { Histogram } from '../../shared/model/histogram.ts'
import { OUTCOME, OUTCOMES } from '../../shared/model/outcome.ts'
import type { Breakdown, HostFigures } from '../../shared/model/task-table.ts'
import type { RowIntake } from './row-intake.ts'
import { largest } from './largest.ts'

const SAMPLES = 5
const HOSTS = 100
const STATUSES = 65_536

/** Rows of a table: all from 0 up to `count`, or those listed. */
export interface ChosenRows {
  readonly rows: Uint32Array | null
  readonly count: number
}

/** A cause with the rows of its first tasks, whose strings are still to be read. */
export interface CauseRows {
  readonly code: ErrorCode
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
  readonly rows: readonly number[]
}

/** What chosen rows amount to; a skipped task is no error, as in a run's summary. */
export type Amounts = Pick<Breakdown, 'tasks' | 'outcomes' | 'statuses' | 'hosts' | 'hostsOmitted'> & {
  readonly causes: readonly CauseRows[]
}

export function amountsOf(intake: RowIntake, { rows, count }: ChosenRows): Amounts {
  const { columns, hosts } = intake
  const byOutcome = new Float64Array(OUTCOMES.length)
  const byStatus = new Uint32Array(STATUSES)
  const byHost = new Uint32Array(hosts.count)
  const causes = new Map<number, Cause>()
  for (let at = 0; at < count; at += 1) {
    const row = rows === null ? at : rows[at]!
    const outcome = columns.outcome[row]!
    byOutcome[outcome]! += 1
    byStatus[columns.status[row]!]! += 1
    byHost[columns.host[row]!]! += 1
    if (outcome !== OUTCOME.failed && outcome !== OUTCOME.quarantined) continue
    const error = columns.error[row]!
    let cause = causes.get(error)
    if (cause === undefined) causes.set(error, (cause = new Cause()))
    cause.add(row, columns.startedAtMs[row]!)
  }
  const shown = largest(byHost.subarray(1), HOSTS).map(host => host + 1)
  let known = 0
  for (let host = 1; host < byHost.length; host += 1) if (byHost[host]! > 0) known += 1
  return {
    tasks: count,
    outcomes: outcomesOf(byOutcome),
    causes: [...causes]
      .map(([error, cause]) => cause.toRows(codeOf(error)))
      .sort((a, b) => b.count - a.count),
    statuses: largest(byStatus, STATUSES).map(status => ({ status, count: byStatus[status]! })),
    hosts: hostFigures(intake, { rows, count }, shown),
    hostsOmitted: known - shown.length,
  }
}

const codeOf = (error: number): ErrorCode => errorCodeOf(error) ?? 'E_INTERNAL'

const outcomesOf = (counts: Float64Array): Breakdown['outcomes'] => ({
  ok: counts[OUTCOME.ok]!,
  failed: counts[OUTCOME.failed]!,
  skipped: counts[OUTCOME.skipped]!,
  quarantined: counts[OUTCOME.quarantined]!,
})

/** Tasks of one cause, and which of them began first. */
class Cause {
  #count = 0
  #firstMs = Infinity
  #lastMs = -Infinity
  /** Rising by when they began. */
  readonly #first: { readonly row: number; readonly ms: number }[] = []

  add(row: number, startedAtMs: number): void {
    this.#count += 1
    const ms = startedAtMs === startedAtMs ? startedAtMs : 0
    if (ms < this.#firstMs) this.#firstMs = ms
    if (ms > this.#lastMs) this.#lastMs = ms
    const first = this.#first
    if (first.length === SAMPLES && ms >= first[SAMPLES - 1]!.ms) return
    let at = first.length
    while (at > 0 && first[at - 1]!.ms > ms) at -= 1
    first.splice(at, 0, { row, ms })
    if (first.length > SAMPLES) first.pop()
  }

  toRows(code: ErrorCode): CauseRows {
    return {
      code,
      count: this.#count,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      rows: this.#first.map(({ row }) => row),
    }
  }
}

interface HostTally {
  tasks: number
  failed: number
  bodyBytes: number
  readonly latency: Histogram
}

function hostFigures(
  intake: RowIntake,
  { rows, count }: ChosenRows,
  shown: readonly number[],
): HostFigures[] {
  const { columns, hosts } = intake
  const tallies = shown.map((): HostTally => ({
    tasks: 0,
    failed: 0,
    bodyBytes: 0,
    latency: new Histogram(),
  }))
  const placeOf = new Uint8Array(hosts.count)
  shown.forEach((host, at) => (placeOf[host] = at + 1))
  for (let at = 0; shown.length > 0 && at < count; at += 1) {
    const row = rows === null ? at : rows[at]!
    const place = placeOf[columns.host[row]!]!
    if (place === 0) continue
    const tally = tallies[place - 1]!
    tally.tasks += 1
    const outcome = columns.outcome[row]!
    if (outcome === OUTCOME.failed || outcome === OUTCOME.quarantined) tally.failed += 1
    const bodyBytes = columns.bodyBytes[row]!
    if (bodyBytes === bodyBytes) tally.bodyBytes += bodyBytes
    // What was never started took no time.
    if (columns.attempts[row]! > 0) tally.latency.record(columns.totalMs[row]!)
  }
  return tallies.map(({ tasks, failed, bodyBytes, latency }, at) => ({
    host: hosts.nameOf(shown[at]!),
    tasks,
    failed,
    bodyBytes,
    p50Ms: latency.percentile(0.5) ?? null,
    p95Ms: latency.percentile(0.95) ?? null,
  }))
}
