import { shallowRef } from 'vue'

import type { Client } from '../../../shared/contract/contract.ts'
import { failureOf, type Failure } from '../../../shared/model/error.ts'
import type { TaskFilter, TaskPage, TaskRow, TaskSort } from '../../../shared/model/task-table.ts'
import { PAGE_ROWS, PageCache } from './page-cache.ts'

export interface TaskOrder {
  readonly by: TaskSort
  readonly isDescending: boolean
}

/** The table of a run's tasks as it is looked at: of any size, of which only what is seen is asked for. */
export class TaskTable {
  readonly filter = shallowRef<TaskFilter>({})
  readonly order = shallowRef<TaskOrder | null>(null)
  /** `null` before the first answer. */
  readonly counts = shallowRef<Pick<TaskPage, 'total' | 'matched' | 'gap'> | null>(null)
  readonly failure = shallowRef<Failure | null>(null)
  readonly isLoading = shallowRef(false)
  /** Rises when rows have come. */
  readonly revision = shallowRef(0)

  readonly #client: () => Client
  readonly #pages = new PageCache()
  #runId: string | null = null
  #seen = { first: 0, last: PAGE_ROWS - 1 }
  /** Answers to an older question are not heard. */
  #question = 0
  #asked = new Set<number>()

  constructor(client: () => Client) {
    this.#client = client
  }

  open(runId: string | null): void {
    this.#runId = runId
    this.filter.value = {}
    this.order.value = null
    this.counts.value = null
    this.#ask()
  }

  setFilter(filter: TaskFilter): void {
    this.filter.value = filter
    this.#ask()
  }

  setOrder(order: TaskOrder | null): void {
    this.order.value = order
    this.#ask()
  }

  row(position: number): TaskRow | undefined {
    return this.#pages.row(position)
  }

  /** What is seen now; what is missing of it is asked for. */
  look(first: number, last: number): void {
    this.#seen = { first, last }
    void this.#load()
  }

  /** Asks anew for what is seen; it is shown until the answer comes, so nothing jumps. */
  refresh(): void {
    if (this.#asked.size > 0) return
    this.#pages.age()
    void this.#load()
  }

  #ask(): void {
    this.#question += 1
    this.#asked = new Set()
    this.#pages.clear()
    this.failure.value = null
    this.revision.value += 1
    this.#seen = { first: 0, last: PAGE_ROWS - 1 }
    void this.#load()
  }

  async #load(): Promise<void> {
    if (this.#runId === null) return
    const { first, last } = this.#seen
    const pages = this.#pages.missing(first, last).filter(page => !this.#asked.has(page))
    if (pages.length === 0) return
    this.isLoading.value = true
    await Promise.all(pages.map(page => this.#loadPage(page)))
    if (this.#asked.size === 0) this.isLoading.value = false
  }

  async #loadPage(page: number): Promise<void> {
    const [question, asked, runId] = [this.#question, this.#asked, this.#runId!]
    asked.add(page)
    try {
      const answer = await this.#client().call('tasks.page', {
        runId,
        filter: this.filter.value,
        sort: this.order.value,
        offset: page * PAGE_ROWS,
        limit: PAGE_ROWS,
      })
      if (question !== this.#question) return
      this.#pages.put(page, answer)
      const { total, matched, gap } = answer
      this.counts.value = { total, matched, gap }
      this.failure.value = null
      this.revision.value += 1
    } catch (error) {
      const failure = failureOf(error)
      // The wire was lost, which the whole page says; it is asked again once there is another.
      if (question === this.#question && failure.code !== 'E_CANCELLED') this.failure.value = failure
    } finally {
      asked.delete(page)
    }
  }
}
