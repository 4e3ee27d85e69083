import { JobError } from '../../shared/model/error.ts'
import type { LoadOptions } from '../../shared/model/fields/load.ts'
import type { Counters } from '../../shared/model/counters.ts'
import type { RunSummary } from '../../shared/model/run.ts'
import { SETTLED_PAGE_BYTES } from '../records/protocol.ts'
import type { Fingerprint } from '../source/reader-protocol.ts'
import { readHistory, sumHistory, type HistorySums, type StoredHistory } from './history-store.ts'
import {
  countersFromJson,
  decodeHistograms,
  parseDocument,
  type DestinationDocument,
  type Documents,
  type DroppedRows,
  type GivenDocument,
  type HistogramState,
  type OutputState,
  type ProgressDocument,
  type RunDocument,
  type Suspect,
} from './journal-codec.ts'
import type { RunPaths } from './run-paths.ts'
import { checkPages, openReadOnly } from './schema.ts'
import { readDocuments, readRows, type StoredRows } from './sealed-store.ts'
import { storageError } from './storage-error.ts'

/** What a journal says, verified. */
export interface JournalState extends RunHead, HistorySums {
  readonly settled: Uint8Array
  readonly segments: ReadonlyMap<number, number>
  readonly fingerprints: readonly (Fingerprint | null)[] | null
  readonly suspects: readonly Suspect[]
  readonly outputs: readonly OutputState[]
  /** `null` for runs without a destination that keeps positions, and before it has told its identity. */
  readonly destination: DestinationDocument | null
  /** One entry for each time the destination had forgotten something. */
  readonly dropped: readonly DroppedRows[]
  readonly rows: StoredRows
}

/** The part that lists and details of runs need. */
export interface RunHead {
  readonly run: RunDocument
  readonly given: GivenDocument
  readonly progress: ProgressDocument
  readonly counters: Counters
  readonly histograms: readonly HistogramState[]
  readonly summary: RunSummary | null
}

const HEAD_DOCUMENTS = ['run', 'given', 'progress', 'histograms', 'summary']

/** Reads and verifies a whole journal without writing to it. */
export function readJournal(paths: RunPaths): JournalState {
  const path = paths.journal
  const database = openReadOnly(paths)
  try {
    checkPages(database, path)
    const rows = readRows(database, path)
    return {
      ...headOf(rows.document, path),
      rows,
      ...sumHistory(database),
      settled: joinPages(rows.settled, path),
      segments: rows.segment,
      fingerprints: parseDocument(rows.document, 'fingerprints'),
      suspects: parseDocument<readonly Suspect[]>(rows.document, 'suspects') ?? [],
      outputs: parseDocument<readonly OutputState[]>(rows.document, 'outputs') ?? [],
      destination: parseDocument(rows.document, 'destination'),
      dropped: parseDocument<readonly DroppedRows[]>(rows.document, 'dropped') ?? [],
    }
  } catch (error) {
    throw storageError(error, path, 'E_JOURNAL_CORRUPT')
  } finally {
    database.close()
  }
}

/** Reads what a run's charts and log are drawn from. */
export function readRunHistory(paths: RunPaths): StoredHistory & { readonly latency: HistogramState } {
  const database = openReadOnly(paths)
  try {
    const { histograms } = headOf(readDocuments(database, paths.journal, HEAD_DOCUMENTS), paths.journal)
    return { ...readHistory(database), latency: histograms[0]! }
  } catch (error) {
    throw storageError(error, paths.journal, 'E_JOURNAL_CORRUPT')
  } finally {
    database.close()
  }
}

/** Where an unfinished load keeps its position. */
export interface RunDestinationHead {
  readonly to: string
  readonly options: LoadOptions
}

/** @returns `null` for runs that are done, and for those that keep no position in a destination. */
export function readDestination(paths: RunPaths): RunDestinationHead | null {
  const database = openReadOnly(paths)
  try {
    const documents = readDocuments(database, paths.journal, ['run', 'progress', 'destination'])
    const progress = parseDocument<ProgressDocument>(documents, 'progress')
    const job = parseDocument<RunDocument>(documents, 'run')?.job
    const destination = parseDocument<DestinationDocument>(documents, 'destination')
    if (destination === null || progress?.state === 'done' || job?.kind !== 'load') return null
    return job.load.to === null ? null : { to: job.load.to, options: job.load }
  } finally {
    database.close()
  }
}

/** Reads what a list shows of a run; verifies what it reads, no more. */
export function readHead(paths: RunPaths): RunHead {
  const database = openReadOnly(paths)
  try {
    return headOf(readDocuments(database, paths.journal, HEAD_DOCUMENTS), paths.journal)
  } catch (error) {
    throw storageError(error, paths.journal, 'E_JOURNAL_CORRUPT')
  } finally {
    database.close()
  }
}

function headOf(documents: Documents, path: string): RunHead {
  const run = parseDocument<RunDocument>(documents, 'run')
  const given = parseDocument<GivenDocument>(documents, 'given')
  const progress = parseDocument<ProgressDocument>(documents, 'progress')
  if (run === null || given === null || progress === null)
    throw new JobError('E_JOURNAL_CORRUPT', `${path} does not say which run it belongs to`)
  const histograms = documents.get('histograms')
  return {
    run,
    given,
    progress,
    counters: countersFromJson(progress.counters),
    histograms: decodeHistograms(histograms instanceof Uint8Array ? histograms : new Uint8Array(0)),
    summary: parseDocument(documents, 'summary'),
  }
}

/** @returns All pages in a row, missing ones as zeros, as far as the last one reaches. */
function joinPages(pages: ReadonlyMap<number, Uint8Array | null>, path: string): Uint8Array {
  let count = 0
  for (const page of pages.keys()) count = Math.max(count, page + 1)
  const bytes = new Uint8Array(count * SETTLED_PAGE_BYTES)
  for (const [page, bits] of pages) {
    const at = page * SETTLED_PAGE_BYTES
    if (bits === null) bytes.fill(0xff, at, at + SETTLED_PAGE_BYTES)
    else if (bits.length === SETTLED_PAGE_BYTES) bytes.set(bits, at)
    else
      throw new JobError(
        'E_JOURNAL_CORRUPT',
        `${path}: page ${page} of settled tasks has ${bits.length} bytes`,
      )
  }
  return bytes
}
