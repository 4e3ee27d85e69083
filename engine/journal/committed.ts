import { JobError } from '../../shared/model/error.ts'
import {
  parseDocument,
  type DroppedRows,
  type GivenDocument,
  type ProgressDocument,
  type RunDocument,
} from './journal-codec.ts'
import { whileUnlocked } from './lock.ts'
import type { RunPaths } from './run-paths.ts'
import { assertHeader, openReadOnly } from './schema.ts'
import { readDocuments, rowChecksum } from './sealed-store.ts'
import { storageError } from './storage-error.ts'

/** What is needed to read the records of a run, as far as they are committed. */
export interface Committed {
  readonly run: RunDocument
  readonly given: GivenDocument
  readonly progress: ProgressDocument
  /** Length by segment number. */
  readonly segments: ReadonlyMap<number, number>
  readonly dropped: readonly DroppedRows[]
}

const DOCUMENTS = ['run', 'given', 'progress', 'dropped']

/**
 * Reads how far the records of a run are committed, whoever owns it; cheap enough to be asked every second.
 *
 * @throws JobError `E_NOT_FOUND`, `E_VERSION`, `E_JOURNAL_CORRUPT` or `E_SRC_IO`.
 */
export function readCommitted(paths: RunPaths): Committed {
  return whileUnlocked(paths, isOwned => {
    // An owner may live in this very process: then the file must not be opened but by SQLite.
    if (!isOwned) assertHeader(paths)
    return read(paths)
  })
}

function read(paths: RunPaths): Committed {
  const path = paths.journal
  const database = openReadOnly(paths)
  try {
    // One look at all of it: a commit between two would tell of rows that were dropped, but not which.
    database.exec('BEGIN')
    const documents = readDocuments(database, path, DOCUMENTS)
    const segments = new Map<number, number>()
    const rows = database.prepare('SELECT id, bytes, crc FROM segment').all() as {
      id: number
      bytes: number
      crc: number
    }[]
    for (const { id, bytes, crc } of rows) {
      if (rowChecksum('segment', id, bytes) !== crc)
        throw new JobError('E_JOURNAL_CORRUPT', `${path}: checksum of segment ${id} differs`)
      segments.set(id, bytes)
    }
    const run = parseDocument<RunDocument>(documents, 'run')
    const given = parseDocument<GivenDocument>(documents, 'given')
    const progress = parseDocument<ProgressDocument>(documents, 'progress')
    if (run === null || given === null || progress === null)
      throw new JobError('E_JOURNAL_CORRUPT', `${path} does not say which run it belongs to`)
    const dropped = parseDocument<readonly DroppedRows[]>(documents, 'dropped') ?? []
    return { run, given, progress, segments, dropped }
  } catch (error) {
    throw storageError(error, path, 'E_JOURNAL_CORRUPT')
  } finally {
    database.close()
  }
}
