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
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  const primary = typeof errcode === 'number' ? errcode & 0xff : 0
  if ((typeof code === 'string' && FULL.has(code)) || primary === SQLITE_FULL)
    return new JobError('E_DISK_FULL', `no space left to write ${path}; free some and resume`, {
      cause: error,
    })
  if (primary === SQLITE_BUSY)
    return new JobError('E_LOCKED', `${path} is locked by another program`, { cause: error })
  const reason = error instanceof Error ? error.message : String(error)
  const named = SQLITE_CORRUPT.has(primary) ? 'E_JOURNAL_CORRUPT' : fallback
  return new JobError(named, `${path}: ${reason}`, { cause: error })
}

export const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT'
export const isExisting = (error: unknown): boolean => (error as { code?: unknown }).code === 'EEXIST'
