import { OUTCOMES, type Outcome } from '../../../shared/model/outcome.ts'
import type { TaskFilter } from '../../../shared/model/task-table.ts'

/** The choice that narrows nothing. */
export const ANY = ''
/** What "failed or quarantined" means, wherever failures are listed, counted or retried. */
export const BAD: readonly Outcome[] = ['failed', 'quarantined']

/** @returns The one that was chosen, for a filter. */
export const chosen = <T>(value: string, read: (value: string) => T): readonly T[] | undefined =>
  value === ANY ? undefined : [read(value)]

export function outcomeChoice({ outcomes }: TaskFilter): string {
  if (outcomes === undefined) return ANY
  return outcomes.length > 1 ? 'bad' : (outcomes[0] ?? ANY)
}

export function outcomesOf(choice: string): readonly Outcome[] | undefined {
  if (choice === 'bad') return BAD
  const outcome = OUTCOMES.find(name => name === choice)
  return outcome === undefined ? undefined : [outcome]
}

export const isNarrow = (filter: TaskFilter): boolean =>
  Object.values(filter).some(value => value !== undefined)

/** @returns Whether what the filter chooses can be run again: everything that did not end well. */
export const isRetryable = ({ outcomes, codes }: TaskFilter): boolean =>
  codes !== undefined || (outcomes !== undefined && !outcomes.includes('ok'))
