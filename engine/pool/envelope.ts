import type { FromWorker, ToWorker } from '../worker/protocol.ts'

/** What travels between the supervisor and a worker process: messages with the number of their worker in it. */
export type ToProcess =
  | { readonly type: 'start'; readonly worker: number }
  | { readonly type: 'message'; readonly worker: number; readonly message: ToWorker }
  | { readonly type: 'terminate'; readonly worker: number }

export type FromProcess =
  | { readonly type: 'message'; readonly worker: number; readonly message: FromWorker }
  | { readonly type: 'exited'; readonly worker: number; readonly isError: boolean; readonly detail: string }
