import { JobError, type ErrorCode } from '../../shared/model/error.ts'

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
/** SQLite's primary result code for a full disk. */
const SQLITE_FULL = 13
const SQLITE_BUSY = 5

const SQLITE_CORRUPT = new Set([11, 26])

/**
 * Names a failed file or database operation for the reader: `E_DISK_FULL` when space is what is missing,
 * else `fallback` with the system's reason.
 */
export function storageError(error: unknown, path: string, fallback: ErrorCode = 'E_SRC_IO'): JobError {
  if (error instanceof JobError) return error
  if (isFull(error)) return fullError(error, path, 'no space left')
  const primary = primaryCode(error)
  if (primary === SQLITE_BUSY)
    return new JobError('E_LOCKED', `${path} is locked by another program`, { cause: error })
  const reason = error instanceof Error ? error.message : String(error)
  const named = SQLITE_CORRUPT.has(primary) ? 'E_JOURNAL_CORRUPT' : fallback
  return new JobError(named, `${path}: ${reason}`, { cause: error })
}

/**
 * As {@link storageError}, where it is known how much was to be written.
 *
 * @param neededBytes At least so many; a database may need more for its own order.
 */
export const writeError = (error: unknown, path: string, neededBytes: number): JobError =>
  isFull(error) && !(error instanceof JobError)
    ? fullError(error, path, `no space left: ${neededBytes} bytes are needed`)
    : storageError(error, path)

const fullError = (cause: unknown, path: string, what: string): JobError =>
  new JobError('E_DISK_FULL', `${what} to write ${path}; free some and resume`, { cause })

const primaryCode = (error: unknown): number => {
  const { errcode } = error as { errcode?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : 0
}

function isFull(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return (typeof code === 'string' && FULL.has(code)) || primaryCode(error) === SQLITE_FULL
}

export const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT'
export const isExisting = (error: unknown): boolean => (error as { code?: unknown }).code === 'EEXIST'
