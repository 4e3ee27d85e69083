import type { Failure } from '../../shared/model/error.ts'
import type { Records } from './protocol.ts'

/** What carries requests and answers: a `MessagePort`, a `Worker`, or a pair made by a test. */
export interface MessagePortLike {
  postMessage(message: unknown): void
  on(event: 'message', listener: (message: unknown) => void): unknown
}

export type RecordsMethod = keyof Records

export interface RecordsRequest {
  readonly type: 'request'
  readonly id: number
  readonly method: RecordsMethod
  readonly argument: unknown
}

export type RecordsAnswer =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly failure: Failure }
  /** An output cannot be written; nobody asked, but the run should know. */
  | { readonly type: 'output.failed'; readonly failure: Failure }
