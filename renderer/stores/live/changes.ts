import type { LogEntry } from '../../../shared/model/run-history.ts'
import type { Steering } from '../../../shared/model/run.ts'

const STEERED = ['processes', 'threads', 'inFlight', 'ratePerSec', 'perHost'] as const

/** One number that was changed while a run went on; `null` is no limit. */
export interface Change {
  readonly what: keyof Steering
  readonly from: number | null
  readonly to: number | null
}

export const changesBetween = (before: Steering, after: Steering): readonly Change[] =>
  STEERED.filter(what => before[what] !== after[what]).map(what => ({
    what,
    from: before[what],
    to: after[what],
  }))

/** @returns How a run was steered after an event of its log. */
export function steeredBy(before: Steering, { event }: LogEntry): Steering {
  if (event.type === 'run.tuned') return event.steering
  if (event.type !== 'run.started') return before
  const { processes, threads, inFlight } = event.parallelism
  return { ...before, processes, threads, inFlight }
}

export interface LogLine extends LogEntry {
  /** What a `run.tuned` changed; empty for other events. */
  readonly changes: readonly Change[]
}

/** @param first How the run was steered when it began. */
export function logLinesOf(log: readonly LogEntry[], first: Steering): readonly LogLine[] {
  let current = first
  return log.map(entry => {
    const before = current
    current = steeredBy(before, entry)
    return { ...entry, changes: entry.event.type === 'run.tuned' ? changesBetween(before, current) : [] }
  })
}

export const lastSteering = (log: readonly LogEntry[], first: Steering): Steering =>
  log.reduce(steeredBy, first)
