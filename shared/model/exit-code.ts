import type { ErrorCode } from './error.ts'

/** What the process answers to the shell; fixed, since scripts depend on it. */
export const EXIT = {
  done: 0,
  internal: 1,
  usage: 2,
  tasksFailed: 3,
  assertFailed: 4,
  unable: 5,
  interrupted: 130,
  terminated: 143,
} as const

/** Errors that the user answers by changing the command or the job. */
const USAGE_CODES: readonly ErrorCode[] = [
  'E_CONFIG',
  'E_AUTH',
  'E_LIMIT',
  'E_NOT_FOUND',
  'E_IPC_SCHEMA',
  'E_URL_INVALID',
  'E_SCHEME_BLOCKED',
]

/** @returns The exit code of a command or a run that could not start or go on because of `code`. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'E_INTERNAL') return EXIT.internal
  return USAGE_CODES.includes(code) ? EXIT.usage : EXIT.unable
}
