import { JobError, printable, type ErrorCode, type Failure } from '../../../shared/model/error.ts'

/** Primary result codes of SQLite. */
const SQLITE = {
  perm: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  tooBig: 18,
  constraint: 19,
  mismatch: 20,
  notADatabase: 26,
} as const

/**
 * What a failed operation on the destination calls for: `wait` and try again, since the row is not to blame and the
 * trouble may pass; `row`, the record's own fault; `stop`, someone must change something.
 */
export interface Fault {
  readonly kind: 'wait' | 'row' | 'stop'
  readonly code: ErrorCode
  readonly message: string
}

/**
 * @param neededBytes What was to be written, at least; 0 where nobody knows.
 * @returns What to do about an error that `node:sqlite` threw; `null` for errors that are not SQLite's.
 */
export function faultOf(error: unknown, path: string, neededBytes = 0): Fault | null {
  if (!(error instanceof Error)) return null
  const { errcode } = error as { errcode?: unknown }
  if (typeof errcode !== 'number') return null
  const { message } = error
  const needed = neededBytes === 0 ? '' : `: ${neededBytes} bytes are needed`
  switch (errcode & 0xff) {
    case SQLITE.busy:
    case SQLITE.locked:
    case SQLITE.protocol:
      return { kind: 'wait', code: 'E_LOCKED', message: `${path} is locked by another program` }
    case SQLITE.full:
      return {
        kind: 'wait',
        code: 'E_DISK_FULL',
        message: `no space left${needed} to write ${path}; free some`,
      }
    case SQLITE.perm:
    case SQLITE.io:
    case SQLITE.readOnly:
    case SQLITE.cannotOpen:
      return { kind: 'wait', code: 'E_DEST_DOWN', message: `${path} cannot be written: ${message}` }
    case SQLITE.corrupt:
      return { kind: 'stop', code: 'E_SCHEMA', message: `${path} is damaged: ${message}` }
    case SQLITE.notADatabase:
      return { kind: 'stop', code: 'E_SCHEMA', message: `${path} is not an SQLite database` }
    case SQLITE.tooBig:
    case SQLITE.constraint:
    case SQLITE.mismatch:
      return { kind: 'row', code: 'E_DEST_DATA', message }
    default:
      return { kind: 'stop', code: 'E_SCHEMA', message: `${path}: ${message}` }
  }
}

/** @returns `error` for whoever started the run; what SQLite did not say is passed on as it is. */
export function sqliteError(error: unknown, path: string): unknown {
  if (error instanceof JobError) return error
  const fault = faultOf(error, path)
  return fault === null ? error : new JobError(fault.code, fault.message, { cause: error })
}

export const failureOfFault = ({ code, message }: Fault): Failure => ({
  code,
  message: printable(message),
  retryable: true,
})
