import type { Input, Output } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { ReaderLink } from '../pool/reader-link.ts'
import type { Look, Looked, LookName } from './looks.ts'

/** A thread is kept this long for the next question, in milliseconds: people look at one input after the other. */
const LINGER_MS = 10_000

/** How long one question may take in all; every single input has its own, shorter time. */
const ANSWER_MS = 60_000

interface Asked {
  readonly resolve: (output: Output<LookName>) => void
  readonly reject: (error: JobError) => void
  readonly timer: NodeJS.Timeout
}

/** Has inputs looked at in a thread of its own, which is started with the first question and ends when nobody asks. */
export class Looker {
  readonly #startReader: () => ReaderLink
  readonly #answerMs: number
  readonly #asked = new Map<number, Asked>()
  #link: ReaderLink | null = null
  #linger: NodeJS.Timeout | null = null
  #lastId = 0
  #isClosed = false

  constructor(startReader: () => ReaderLink, answerMs = ANSWER_MS) {
    this.#startReader = startReader
    this.#answerMs = answerMs
  }

  /**
   * @throws JobError of whatever is wrong with what was asked; `E_SRC_IO` when there is no answer in time, after which
   *   the thread is ended together with what else it was asked.
   */
  ask<K extends LookName>(name: K, input: Input<K>): Promise<Output<K>> {
    if (this.#isClosed) return Promise.reject(new JobError('E_CANCELLED', 'the engine is closing'))
    const link = this.#open()
    const id = (this.#lastId += 1)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const late = `the inputs could not be looked at within ${this.#answerMs / 1_000} s`
        this.#end(new JobError('E_SRC_IO', late))
      }, this.#answerMs)
      this.#asked.set(id, { resolve: output => resolve(output as Output<K>), reject, timer })
      link.post({ type: 'look', id, name, input } as Look)
    })
  }

  close(): void {
    this.#isClosed = true
    this.#end(new JobError('E_CANCELLED', 'the engine is closing'))
  }

  #open(): ReaderLink {
    if (this.#linger !== null) clearTimeout(this.#linger)
    this.#linger = null
    if (this.#link !== null) return this.#link
    const link = this.#startReader()
    this.#link = link
    link.onMessage(message => {
      if (message.type === 'looked') this.#settle(message)
    })
    link.onExit(problem => {
      if (this.#link !== link) return
      const reason = problem ?? 'without a reason'
      this.#end(new JobError('E_INTERNAL', `the thread that looks at inputs ended: ${reason}`))
    })
    return link
  }

  #settle({ id, result }: Looked): void {
    const asked = this.#asked.get(id)
    if (asked === undefined) return
    this.#asked.delete(id)
    clearTimeout(asked.timer)
    if ('output' in result) asked.resolve(result.output)
    else asked.reject(new JobError(result.failure.code, result.failure.message))
    if (this.#asked.size > 0) return
    this.#linger = setTimeout(() => this.#end(null), LINGER_MS)
    this.#linger.unref()
  }

  /** Ends the thread. @param error For what it did not answer. */
  #end(error: JobError | null): void {
    if (this.#linger !== null) clearTimeout(this.#linger)
    this.#linger = null
    const link = this.#link
    this.#link = null
    const unanswered = [...this.#asked.values()]
    this.#asked.clear()
    for (const { timer, reject } of unanswered) {
      clearTimeout(timer)
      if (error !== null) reject(error)
    }
    link?.close()
  }
}
