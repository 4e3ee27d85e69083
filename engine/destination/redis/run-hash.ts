import type { AppliedSpan } from '../destination.ts'

/**
 * What a run keeps in Redis beside the data: one hash, deleted when the run is done. Its fields:
 *
 * - `mark`: `run_id` of the server when the run began, or when it was last compared with its journal. A server with
 *   another `run_id` was started anew and may have forgotten something.
 * - `p:<first>/<step>` → `<next>`: the lease that began at `first` is done up to `next`.
 * - `f:<taskIndex>` → `<CODE> <message>`: why the server refused a record; only for commands that are written once.
 * - `c:<segment>` → `<client id> <address>`: a connection that may write, there before its first data. Id 0 means that
 *   the server does not tell ids; the address is then a word that nobody else has.
 */
export const runKey = (runId: string): string => `interleave:${runId}`

export const MARK_FIELD = 'mark'
export const POSITION_PREFIX = 'p:'
export const FAILURE_PREFIX = 'f:'
export const CONNECTION_PREFIX = 'c:'

export const positionField = (first: number, step: number): string => `${POSITION_PREFIX}${first}/${step}`
export const failureField = (taskIndex: number): string => `${FAILURE_PREFIX}${taskIndex}`
export const connectionField = (segment: number): string => `${CONNECTION_PREFIX}${segment}`

/** @returns The span of a position; `null` for other fields and for what is no position. */
export function spanOf(field: string, value: string): AppliedSpan | null {
  const name = /^p:(\d{1,16})\/(\d{1,16})$/.exec(field)
  if (!name || !/^\d{1,16}$/.test(value)) return null
  const [first, step, next] = [Number(name[1]), Number(name[2]), Number(value)]
  return step > 0 && next >= first ? { first, step, next } : null
}

/** A connection of the run, as it registered itself. */
export interface RegisteredClient {
  readonly segment: number
  /** Server-wide number of the connection; 0 when it is not known. */
  readonly id: number
  /** As the server sees it. */
  readonly address: string
}

export const connectionValue = (id: number, address: string): string => `${id} ${address}`

/** @returns The connection that registered itself; `null` for other fields and for what is no registration. */
export function clientOf(field: string, value: string): RegisteredClient | null {
  const name = /^c:(\d{1,16})$/.exec(field)
  const text = /^(\d{1,16}) (\S+)$/.exec(value)
  return name && text ? { segment: Number(name[1]), id: Number(text[1]), address: text[2] ?? '' } : null
}

/** @returns Task of a failure; `null` for other fields. */
export function failedTaskOf(field: string): number | null {
  const name = /^f:(\d{1,16})$/.exec(field)
  return name ? Number(name[1]) : null
}
