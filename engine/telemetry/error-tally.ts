import type { ErrorCode } from '../../shared/model/error.ts'
import { STATUS_KINDS, type FailureCount, type StatusKind } from '../../shared/model/failure-kind.ts'
import type { ErrorGroup } from '../../shared/model/run.ts'

type Statuses = Partial<Record<StatusKind, number>>

/** Failures grouped by code, with the first sample of each. */
export class ErrorTally {
  readonly #groups = new Map<ErrorCode, { count: number; sample: string; statuses?: Statuses }>()

  constructor(groups: readonly ErrorGroup[] = []) {
    this.add(groups)
  }

  add(groups: readonly ErrorGroup[]): void {
    for (const { code, count, sample, statuses } of groups) {
      const known = this.#groups.get(code)
      if (known === undefined)
        this.#groups.set(code, { count, sample, ...(statuses && { statuses: { ...statuses } }) })
      else {
        known.count += count
        if (statuses !== undefined) known.statuses = added(known.statuses ?? {}, statuses)
      }
    }
  }

  /** Most frequent first. */
  get groups(): ErrorGroup[] {
    return [...this.#groups]
      .map(([code, { count, sample, statuses }]) => ({
        code,
        count,
        sample,
        ...(statuses && { statuses: { ...statuses } }),
      }))
      .sort((a, b) => b.count - a.count)
  }
}

/** @returns The same failures by kind, without kinds that there were none of. */
export function failureCountsOf(groups: readonly ErrorGroup[]): FailureCount[] {
  return groups.flatMap(({ code, count, statuses = {} }) => {
    const counts: FailureCount[] = STATUS_KINDS.map(kind => ({ kind, count: statuses[kind] ?? 0 }))
    const others = counts.reduce((rest, told) => rest - told.count, count)
    return [{ kind: code, count: others }, ...counts].filter(told => told.count > 0)
  })
}

const added = (sums: Statuses, more: Statuses): Statuses =>
  Object.fromEntries(
    STATUS_KINDS.map(kind => [kind, (sums[kind] ?? 0) + (more[kind] ?? 0)] as const).filter(
      ([, count]) => count > 0,
    ),
  )
