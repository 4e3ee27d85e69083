import type { LogEntry } from '../../../shared/model/run-history.ts'
import type { RunEvent, RunState, Steering } from '../../../shared/model/run.ts'
import { logLinesOf, type Change } from './changes.ts'

/** Something that happened to a run and explains a bend in its lines; told in words where it is shown. */
export type Marker = { readonly atMs: number } & (
  | { readonly kind: 'paused' | 'unpaused' | 'resumed' }
  | { readonly kind: 'stopping'; readonly reason: string | null }
  | { readonly kind: 'waiting'; readonly reason: string }
  | ({ readonly kind: 'tuned' } & Change)
  | { readonly kind: 'died'; readonly worker: number; readonly reason: string }
)

/** @param first How the run was steered when it began. */
export function markersOf(log: readonly LogEntry[], first: Steering): readonly Marker[] {
  const markers: Marker[] = []
  let state: RunState = 'planned'
  for (const entry of logLinesOf(log, first)) {
    const { elapsedMs: atMs, event } = entry
    switch (event.type) {
      case 'run.started':
        if (event.resumed) markers.push({ atMs, kind: 'resumed' })
        state = 'planned'
        break
      case 'run.tuned':
        for (const change of entry.changes) markers.push({ atMs, kind: 'tuned', ...change })
        break
      case 'run.state': {
        const marker = markerOfState(state, event)
        if (marker !== null) markers.push({ atMs, ...marker })
        state = event.state
        break
      }
      case 'worker.exited':
        // At the end every worker leaves; that explains nothing.
        if (!ENDING.has(state) && !event.reason.startsWith('ended')) {
          markers.push({ atMs, kind: 'died', worker: event.worker, reason: event.reason })
        }
        break
      case 'run.notice':
      case 'worker.started':
      case 'task.failed':
      case 'task.failed.omitted':
      case 'run.summary':
        break
    }
  }
  return markers
}

/** @returns Why nothing goes on at the moment, such as a server that does not answer; `null` as a rule. */
export function waitingForOf(log: readonly LogEntry[]): string | null {
  const states = log.map(({ event }) => event).filter(event => event.type === 'run.state')
  const [before, newest] = states.slice(-2)
  return newest !== undefined && before?.state === newest.state ? newest.reason : null
}

const ENDING: ReadonlySet<RunState> = new Set(['draining', 'finishing', 'stopped', 'done', 'failed'])

function markerOfState(before: RunState, event: Extract<RunEvent, { type: 'run.state' }>) {
  const { state, reason } = event
  // The same state told again: something is waited for, or no longer.
  if (state === before) return reason === null ? null : ({ kind: 'waiting', reason } as const)
  if (state === 'paused') return { kind: 'paused' } as const
  if (state === 'running' && before === 'paused') return { kind: 'unpaused' } as const
  return state === 'draining' ? ({ kind: 'stopping', reason } as const) : null
}
