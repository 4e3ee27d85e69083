import type { ErrorCode } from '../../shared/model/error.ts'
import type { ErrorGroup } from '../../shared/model/run.ts'

/** Failures grouped by code, with the first sample of each. */
export class ErrorTally {
  readonly #groups = new Map<ErrorCode, { count: number; sample: string }>()

  constructor(groups: readonly ErrorGroup[] = []) {
    this.add(groups)
  }

  add(groups: readonly ErrorGroup[]): void {
    for (const { code, count, sample } of groups) {
      const known = this.#groups.get(code)
      if (known === undefined) this.#groups.set(code, { count, sample })
      else known.count += count
    }
  }

  /** Most frequent first. */
  get groups(): ErrorGroup[] {
    return [...this.#groups]
      .map(([code, { count, sample }]) => ({ code, count, sample }))
      .sort((a, b) => b.count - a.count)
  }
}
