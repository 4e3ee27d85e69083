/** @returns Whether `error` comes from the system with one of `codes`, such as `ENOENT`. */
export const isErrorWithCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

/** @returns What a system error says, without its code's stack: `no such file or directory`. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return /^[A-Z0-9_]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message
}
