import type { LeaseData } from '../worker/protocol.ts'

/** Tasks that one worker may be handed at once. */
export interface Span {
  readonly first: number
  readonly step: number
  /** `null`: to the end of the data. */
  readonly end: number | null
  readonly data: LeaseData
}

/** Decides which tasks a worker gets next. Pure: it sees the supply and what is settled, and keeps its place. */
export interface Planner {
  /**
   * @param slot Position of the worker, 0..workers-1.
   * @param size Most tasks wanted; schemes that fix what a worker gets ignore it.
   * @returns `null` when there is nothing for this worker now.
   */
  next(slot: number, size: number): Span | null
  /** Tasks of the supply that no lease has covered yet; an estimate while the supply grows. */
  readonly unleased: number
}
