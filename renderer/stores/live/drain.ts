import type { LogEntry } from '../../../shared/model/run-history.ts'
import type { RunTick } from '../../../shared/model/run.ts'

/** How long tasks in flight have after a stop was asked for; the engine's own deadline. */
const DRAIN_MS = 5_000

/** What a run that is being stopped still waits for. */
export interface Drain {
  readonly tasksInFlight: number
  /** Until the rest is aborted; 0 when that is under way. */
  readonly leftMs: number
}

/** @returns `null` while the run is not draining. */
export function drainOf(log: readonly LogEntry[], tick: RunTick | undefined): Drain | null {
  if (tick === undefined) return null
  const since = log.findLast(({ event }) => event.type === 'run.state' && event.state === 'draining')
  const isOver = log.at(-1)?.event.type === 'run.summary'
  if (tick.state !== 'draining' || isOver) return null
  const sinceMs = since?.elapsedMs ?? tick.elapsedMs
  return { tasksInFlight: tick.inFlight, leftMs: Math.max(0, DRAIN_MS - (tick.elapsedMs - sinceMs)) }
}
