import type { TaskPage, TaskRow } from '../../../shared/model/task-table.ts'

/** Rows that are asked for at once; what is seen lies in one or two of such pages. */
export const PAGE_ROWS = 200
/** Most pages that are kept, those asked for last. */
const PAGES_KEPT = 25

interface CachedPage {
  readonly rows: readonly TaskRow[]
  readonly generation: number
}

/** Pages of a table that is too large to be held; rows of an older generation are shown until newer ones come. */
export class PageCache {
  readonly #pages = new Map<number, CachedPage>()
  #generation = 0

  /** What is kept grows old: it is shown, and asked for anew when it is seen. */
  age(): void {
    this.#generation += 1
  }

  clear(): void {
    this.#pages.clear()
    this.#generation += 1
  }

  row(position: number): TaskRow | undefined {
    return this.#pages.get(Math.floor(position / PAGE_ROWS))?.rows[position % PAGE_ROWS]
  }

  /** @returns Numbers of the pages that hold the rows and are not of this generation. */
  missing(first: number, last: number): number[] {
    const from = Math.max(0, Math.floor(first / PAGE_ROWS))
    const to = Math.max(from, Math.floor(last / PAGE_ROWS))
    return Array.from({ length: to - from + 1 }, (_, at) => from + at).filter(
      page => this.#pages.get(page)?.generation !== this.#generation,
    )
  }

  put(page: number, { rows }: Pick<TaskPage, 'rows'>): void {
    this.#pages.delete(page)
    this.#pages.set(page, { rows, generation: this.#generation })
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_KEPT) return
      this.#pages.delete(oldest)
    }
  }
}
