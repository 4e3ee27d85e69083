import { ERROR_CODES, type ErrorCode } from '../../shared/model/error.ts'
import { OUTCOMES, type Outcome } from '../../shared/model/outcome.ts'
import { TASK_SORTS, TASKS_PER_PAGE, type TaskFilter, type TaskSort } from '../../shared/model/task-table.ts'
import { CommandError } from './command-error.ts'
import { isOn, textOf, textsOf, type FlagSpec, type FlagValues } from './flag-spec.ts'

const many = (flag: string, value: string, text: FlagSpec['text']): FlagSpec => ({
  flag,
  value,
  text,
  isRepeatable: true,
  group: 'group.work',
})

/** Which tasks of a run are meant. */
export const TASK_FILTER_FLAGS: readonly FlagSpec[] = [
  many('outcome', 'NAME', 'option.taskOutcome'),
  many('code', 'CODE', 'option.taskCode'),
  many('status', 'N', 'option.taskStatus'),
  many('host', 'HOST', 'option.taskHost'),
  { flag: 'text', value: 'TEXT', text: 'option.taskText', group: 'group.work' },
]

export const TASK_PAGE_FLAGS: readonly FlagSpec[] = [
  { flag: 'sort', value: TASK_SORTS.join('|'), text: 'option.taskSort', group: 'group.work' },
  { flag: 'reverse', text: 'option.taskReverse', group: 'group.work' },
  { flag: 'limit', value: 'N', text: 'option.taskLimit', group: 'group.work', defaultText: '20' },
]

const DEFAULT_LIMIT = 20
const LARGEST_STATUS = 999

/** @throws CommandError for what no task can have. */
export function readTaskFilter(values: FlagValues): TaskFilter {
  const text = textOf(values, 'text')
  return {
    ...given('outcomes', outcomesOf(values)),
    ...given('codes', codesOf(values)),
    ...given(
      'statuses',
      textsOf(values, 'status').map(status => wholeNumber('--status', status, 0, LARGEST_STATUS)),
    ),
    ...given('hosts', textsOf(values, 'host')),
    ...(text === undefined ? {} : { text }),
  }
}

const given = <K extends keyof TaskFilter>(name: K, list: NonNullable<TaskFilter[K]> & readonly unknown[]) =>
  list.length === 0 ? {} : { [name]: list }

const outcomesOf = (values: FlagValues): readonly Outcome[] =>
  textsOf(values, 'outcome').map(name => oneOf('--outcome', name, OUTCOMES))

function codesOf(values: FlagValues): readonly ErrorCode[] {
  return textsOf(values, 'code').map(name => {
    const code = ERROR_CODES.find(each => each === name.toUpperCase())
    if (code !== undefined) return code
    throw new CommandError(t =>
      t('usage.badValue', { flag: '--code', value: name, expected: t('expected.errorCode') }),
    )
  })
}

/** @throws CommandError for an order or a number of rows that there is not. */
export function readTaskPage(values: FlagValues): {
  readonly sort: { readonly by: TaskSort; readonly isDescending: boolean } | null
  readonly limit: number
} {
  const sort = textOf(values, 'sort')
  const limit = textOf(values, 'limit')
  const isDescending = isOn(values, 'reverse')
  return {
    sort:
      sort === undefined && !isDescending
        ? null
        : { by: oneOf('--sort', sort ?? 'index', TASK_SORTS), isDescending },
    limit: limit === undefined ? DEFAULT_LIMIT : wholeNumber('--limit', limit, 1, TASKS_PER_PAGE),
  }
}

function oneOf<T extends string>(flag: string, value: string, known: readonly T[]): T {
  const found = known.find(each => each === value)
  if (found !== undefined) return found
  throw new CommandError(t =>
    t('usage.badValue', { flag, value, expected: t('expected.choice', { choices: known.join(', ') }) }),
  )
}

function wholeNumber(flag: string, value: string, min: number, max: number): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN
  if (number >= min && number <= max) return number
  throw new CommandError(t =>
    t('usage.badValue', { flag, value, expected: t('expected.integer', { min, max }) }),
  )
}
