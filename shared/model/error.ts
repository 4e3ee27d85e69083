/**
 * Every stable error code, grouped by what it concerns. The position in this list is the number that
 * segments store, so codes are only ever appended.
 */
export const ERROR_CODES = [
  // 0 means "no error" in a segment, so the list starts at 1 with this placeholder never thrown.
  'E_NONE',
  // crawl
  'E_HTTP_STATUS',
  'E_URL_INVALID',
  'E_SCHEME_BLOCKED',
  'E_ADDR_BLOCKED',
  'E_DNS',
  'E_CONNECT',
  'E_TLS',
  'E_TIMEOUT_HEADERS',
  'E_TIMEOUT_BODY',
  'E_TOO_SLOW',
  'E_TIMEOUT_TOTAL',
  'E_HEADERS_TOO_LARGE',
  'E_BODY_TOO_LARGE',
  'E_DECODE_BOMB',
  'E_DECODE_BAD',
  'E_PROTOCOL',
  'E_TRUNCATED',
  'E_REDIRECT_LOOP',
  'E_REDIRECT_LIMIT',
  'E_ROBOTS',
  'E_DUPLICATE',
  // load
  'E_SRC_IO',
  'E_SRC_CHANGED',
  'E_NOT_A_FILE',
  'E_LINE_TOO_LONG',
  'E_ENCODING',
  'E_PARSE',
  'E_SCHEMA',
  'E_DEST_DATA',
  'E_DEST_DOWN',
  'E_DEST_FULL',
  // control
  'E_CONFIG',
  'E_AUTH',
  'E_HOST',
  'E_ORIGIN',
  'E_IPC_SENDER',
  'E_IPC_SCHEMA',
  'E_LIMIT',
  // storage and run
  'E_DISK_FULL',
  'E_LOCKED',
  'E_JOURNAL_CORRUPT',
  'E_VERSION',
  'E_WORKER_CRASH',
  'E_QUARANTINED',
  'E_NOT_RESUMABLE',
  'E_NOT_FOUND',
  'E_CANCELLED',
  'E_INTERPRETER',
  'E_INTERNAL',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

const numberByCode = new Map<ErrorCode, number>(ERROR_CODES.map((code, number) => [code, number]))

/** @returns The number that stands for `code` in a segment, 1..255. */
export const errorNumber = (code: ErrorCode): number => numberByCode.get(code) ?? 0

/** @returns The code of a number read from a segment; `undefined` for 0 and for numbers of a later version. */
export const errorCodeOf = (number: number): ErrorCode | undefined =>
  number === 0 ? undefined : ERROR_CODES[number]

/** An error as plain data: what crosses processes, wires and files, since cloning drops an `Error`'s own fields. */
export interface Failure {
  readonly code: ErrorCode
  /** One sentence with the actual values: what, where, which limit. At most 300 characters, control characters escaped. */
  readonly message: string
  readonly retryable: boolean
}

const MESSAGE_CHARACTERS = 300

/** @returns `text` fit to be shown anywhere: control characters escaped, at most 300 characters. */
export function printable(text: string): string {
  // C0, DEL, C1, bidi controls and line separators can all rewrite what a terminal or a log shows.
  const escaped = text.replace(
    // eslint-disable-next-line no-control-regex -- finding control characters is the point
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return escaped.length <= MESSAGE_CHARACTERS ? escaped : `${escaped.slice(0, MESSAGE_CHARACTERS - 1)}…`
}

/** This task failed; the run goes on. */
export class TaskError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(printable(message), { cause: options.cause })
    this.name = 'TaskError'
    this.code = code
    this.retryable = options.retryable ?? false
  }
}

/** The user must change the job, or something the whole run stands on is missing; nothing was lost. */
export class JobError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(printable(message), { cause: options.cause })
    this.name = 'JobError'
    this.code = code
  }
}

/** @returns `error` as data. An error that is neither a `TaskError` nor a `JobError` is our bug: `E_INTERNAL`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TaskError)
    return { code: error.code, message: error.message, retryable: error.retryable }
  if (error instanceof JobError) return { code: error.code, message: error.message, retryable: false }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return { code: 'E_INTERNAL', message: printable(text), retryable: false }
}
