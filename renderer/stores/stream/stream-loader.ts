import { shallowRef } from 'vue'

import { failureOf, type Failure } from '../../../shared/model/error.ts'
import type { StreamQuestion, TaskStream } from '../../../shared/model/task-stream.ts'

/** Answers what is looked at: one question is under way at most, and of those asked meanwhile only the last one counts. */
export class StreamLoader {
  /** What came last, also when it is of another window by now. */
  readonly data = shallowRef<TaskStream | null>(null)
  readonly failure = shallowRef<Failure | null>(null)
  readonly isLoading = shallowRef(false)
  readonly #ask: (question: StreamQuestion) => Promise<TaskStream>
  #next: StreamQuestion | null = null
  /** Answers to questions of another run are not heard. */
  #visit = 0

  constructor(ask: (question: StreamQuestion) => Promise<TaskStream>) {
    this.#ask = ask
  }

  /** Never rejects: {@link failure} says why there is no answer. */
  async load(question: StreamQuestion): Promise<void> {
    this.#next = question
    if (this.isLoading.value) return
    this.isLoading.value = true
    const visit = this.#visit
    while (this.#next !== null && visit === this.#visit) await this.#answer(visit)
    if (visit === this.#visit) this.isLoading.value = false
  }

  clear(): void {
    this.#visit += 1
    this.#next = null
    this.data.value = null
    this.failure.value = null
    this.isLoading.value = false
  }

  async #answer(visit: number): Promise<void> {
    const question = this.#next!
    this.#next = null
    try {
      const data = await this.#ask(question)
      if (visit !== this.#visit) return
      this.data.value = data
      this.failure.value = null
    } catch (error) {
      const failure = failureOf(error)
      // The wire was lost, which the whole page says.
      if (visit === this.#visit && failure.code !== 'E_CANCELLED') this.failure.value = failure
    }
  }
}
