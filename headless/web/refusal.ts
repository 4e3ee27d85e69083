import type { ErrorCode } from '../../shared/model/error.ts'

/** Why a request is not served. */
export interface Refusal {
  readonly status: number
  readonly code: ErrorCode
  /** What happened, without anything that the caller sent. */
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

export const refusal = (status: number, code: ErrorCode, message: string): Refusal => ({
  status,
  code,
  message,
})

export const NOT_FOUND = refusal(404, 'E_NOT_FOUND', 'there is nothing at this address')
