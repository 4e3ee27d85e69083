import { errorCodeOf, errorNumber, type ErrorCode } from './error.ts'

/** Unwanted statuses that are told apart; `4xx` are those without 429. Only ever appended. */
export const STATUS_KINDS = ['4xx', '429', '5xx'] as const
export type StatusKind = (typeof STATUS_KINDS)[number]

/** What failures are told apart by over time: their code, and an unwanted status by what kind of status it is. */
export type FailureKind = ErrorCode | StatusKind

/** How many tasks ended as failures of one kind; attempts that were tried again are none. */
export interface FailureCount {
  readonly kind: FailureKind
  readonly count: number
}

/** Numbers below stand for codes. */
const FIRST_STATUS_NUMBER = 256

/** @returns The number that stands for `kind` in journals. */
export function failureKindNumber(kind: FailureKind): number {
  const status = STATUS_KINDS.indexOf(kind as StatusKind)
  return status < 0 ? errorNumber(kind as ErrorCode) : FIRST_STATUS_NUMBER + status
}

/** @returns The kind of a number read from a journal; `undefined` for numbers of a later version. */
export const failureKindOf = (number: number): FailureKind | undefined =>
  number < FIRST_STATUS_NUMBER ? errorCodeOf(number) : STATUS_KINDS[number - FIRST_STATUS_NUMBER]

/** @returns `undefined` for statuses of other classes, redirects that lead nowhere for one. */
export function statusKindOf(status: number): StatusKind | undefined {
  if (status === 429) return '429'
  if (status >= 400 && status < 500) return '4xx'
  return status >= 500 && status < 600 ? '5xx' : undefined
}
