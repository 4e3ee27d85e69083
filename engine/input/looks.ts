import type { Handlers, Input, Output } from '../../shared/contract/contract.ts'
import type { Failure } from '../../shared/model/error.ts'

/**
 * What is asked of inputs before there is a run. Nobody has checked their bytes yet, so it is answered in a reader's
 * thread.
 */
export const LOOKS = ['input.inspect', 'crawl.preview', 'load.preview', 'job.read'] as const
export type LookName = (typeof LOOKS)[number]

export type LookHandlers = Pick<Handlers, LookName>

/** One question; a reader that is asked reads no run. */
export type Look = {
  [K in LookName]: { readonly type: 'look'; readonly id: number; readonly name: K; readonly input: Input<K> }
}[LookName]

/** Its answer. */
export interface Looked {
  readonly type: 'looked'
  readonly id: number
  readonly result: { readonly output: Output<LookName> } | { readonly failure: Failure }
}
