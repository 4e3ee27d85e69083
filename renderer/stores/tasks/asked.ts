import { shallowRef } from 'vue'

import { failureOf, type Failure } from '../../../shared/model/error.ts'

/** The answer to a question that is asked again and again; the last one is shown until the next has come. */
export class Asked<T> {
  readonly answer = shallowRef<T | null>(null)
  readonly failure = shallowRef<Failure | null>(null)
  #question = 0

  /** Never rejects: {@link failure} says why there is no answer. An answer to an older question is not heard. */
  async ask(question: () => Promise<T>): Promise<void> {
    this.#question += 1
    const mine = this.#question
    try {
      const answer = await question()
      if (mine !== this.#question) return
      this.answer.value = answer
      this.failure.value = null
    } catch (error) {
      if (mine === this.#question) this.failure.value = failureOf(error)
    }
  }

  clear(): void {
    this.#question += 1
    this.answer.value = null
    this.failure.value = null
  }
}
