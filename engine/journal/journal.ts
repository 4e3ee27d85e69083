import type { ErrorGroup, RunState, RunSummary } from '../../shared/model/run.ts'
import { settledCount, type Counters } from '../../shared/model/counters.ts'
import type { DatabaseSync } from 'node:sqlite'
import { rmSync } from 'node:fs'
import type { CreateRun, NewHistory, OpenRun, RunCommit } from '../records/protocol.ts'
import { HistoryStore } from './history-store.ts'
import {
  countersFromJson,
  countersToJson,
  encodeHistograms,
  type DestinationDocument,
  type DroppedRows,
  type GivenDocument,
  type OutputState,
  type ProgressDocument,
  type RunDocument,
  tunedDocument,
} from './journal-codec.ts'
import { readJournal, type JournalState } from './journal-state.ts'
import { RunLock, whileUnlocked } from './lock.ts'
import { surveyLog, type LogSurvey } from './log-survey.ts'
import { makeRunDirectory } from './run-directory.ts'
import type { RunPaths } from './run-paths.ts'
import {
  assertHeader,
  createHistoryTables,
  createTables,
  mergeLog,
  openWritable,
  stampVersion,
} from './schema.ts'
import { SegmentAudit } from './segment-audit.ts'
import type { SettledPage } from './settled-bitmap.ts'
import { SealedStore, type Body, type Change } from './sealed-store.ts'
import { storageError } from './storage-error.ts'
import { syncDirectorySync } from './sync-directory.ts'
import { SyncPace } from './sync-pace.ts'
import { assertSegments, cutTornTails } from './torn-tails.ts'

/** So much of the segments is looked through before a run goes on, in less than a tenth of a second; the rest before it ends. */
const AUDITED_AT_ONCE_BYTES = 64 * 2 ** 20

/**
 * The journal of one run, open for writing; owns the run's lock.
 *
 * It is the only authority over what is settled: a record counts when the commit that names its segment's length is in
 * here, and not before.
 */
export class Journal implements Disposable {
  readonly paths: RunPaths
  readonly #lock: RunLock
  readonly #database: DatabaseSync
  readonly #store: SealedStore
  #history: HistoryStore | null = null
  readonly #pace: SyncPace
  /** Text of each document as last written: most do not change from one commit to the next. */
  readonly #written: Map<string, Body>
  #given: GivenDocument
  #progress: ProgressDocument

  private constructor(parts: {
    readonly paths: RunPaths
    readonly lock: RunLock
    readonly database: DatabaseSync
    readonly store: SealedStore
    readonly given: GivenDocument
    readonly progress: ProgressDocument
    readonly nowMs: () => number
  }) {
    this.paths = parts.paths
    this.#lock = parts.lock
    this.#database = parts.database
    this.#store = parts.store
    this.#given = parts.given
    this.#progress = parts.progress
    this.#pace = new SyncPace({ nowMs: parts.nowMs, sync: () => this.#transact('full', () => undefined) })
    this.#written = new Map()
  }

  /**
   * Makes the run's directory (mode 0700) and journal, both synced to the disk.
   *
   * @throws JobError `E_LOCKED` when the run exists.
   */
  static create(paths: RunPaths, request: CreateRun, nowMs: () => number): Journal {
    makeRunDirectory(paths)
    const lock = RunLock.acquire(paths)
    try {
      const database = createTables(paths.journal)
      const progress: ProgressDocument = { ...NOTHING_DONE, epoch: 1 }
      const store = new SealedStore(database, paths.journal, null)
      const given: GivenDocument = { options: request.options, parallelism: request.parallelism }
      const journal = new Journal({ paths, lock, database, store, given, progress, nowMs })
      const run: RunDocument = { runId: request.runId, startedAt: request.startedAt, job: request.job }
      journal.#transact('full', change => {
        journal.#putJson(change, 'run', run)
        journal.#putJson(change, 'given', given)
        journal.#putJson(change, 'progress', progress)
      })
      stampVersion(database)
      syncDirectorySync(paths.directory)
      return journal
    } catch (error) {
      lock.release()
      rmSync(paths.directory, { recursive: true, force: true })
      throw storageError(error, paths.journal)
    }
  }

  /**
   * Takes over an existing run: verifies the journal and of its segments as much as is done at once, cuts what was not
   * committed, raises the epoch. Until all of that is verified nothing but the owner's name is written. A run that is
   * done is only opened.
   *
   * @throws JobError `E_NOT_FOUND`, `E_VERSION`, `E_LOCKED`, `E_JOURNAL_CORRUPT`, `E_DISK_FULL` or `E_SRC_IO`.
   */
  static open(paths: RunPaths, request: OpenRun, nowMs: () => number): Opening {
    // Looked at before the lock, so that a run of a later version is not even given an owner's name.
    whileUnlocked(paths, isOwned => {
      if (!isOwned) assertHeader(paths)
    })
    const lock = RunLock.acquire(paths)
    try {
      assertHeader(paths)
      const { lostPages, lostCommits } = surveyLog(paths.journal)
      const state = readJournal(paths)
      assertSegments(paths, state.segments)
      const audit = new SegmentAudit(paths, state.segments)
      audit.advance(AUDITED_AT_ONCE_BYTES)
      const tornRecords = cutTornTails(paths, state.segments)
      const dropped: Dropped = { lostPages, lostCommits, tornRecords }
      const database = openWritable(paths.journal)
      const store = new SealedStore(database, paths.journal, state.rows)
      if (state.progress.state === 'done') {
        const { given, progress } = state
        const journal = new Journal({ paths, lock, database, store, given, progress, nowMs })
        return { journal, state, dropped, audit }
      }
      const progress = { ...state.progress, epoch: state.progress.epoch + 1 }
      const given: GivenDocument = {
        ...state.given,
        options: request.options ?? state.given.options,
        parallelism: request.parallelism ?? state.given.parallelism,
      }
      createHistoryTables(database)
      const journal = new Journal({ paths, lock, database, store, given, progress, nowMs })
      journal.#transact('full', change => {
        journal.#putJson(change, 'given', given)
        journal.#putJson(change, 'progress', progress)
        // What an earlier stop summed up is no longer the end.
        journal.#putJson(change, 'summary', null)
      })
      return { journal, state: { ...state, given, progress, summary: null }, dropped, audit }
    } catch (error) {
      lock.release()
      throw storageError(error, paths.journal)
    }
  }

  /** @throws JobError `E_DISK_FULL`, `E_SRC_IO` or `E_JOURNAL_CORRUPT`; the journal then stands as before the call. */
  commit(commit: RunCommit): void {
    const { state, total, elapsedMs, cpuSec, peakRssBytes, errors, steering } = commit
    const given = steering === undefined ? this.#given : tunedDocument(this.#given, steering)
    const counters = countersToJson(commit.counters)
    const progress = { ...this.#progress, state, total, elapsedMs, cpuSec, peakRssBytes, counters, errors }
    let noteHistory = NOTHING_NEW
    this.#transact(commit.durability, change => {
      for (const { page, bits } of commit.pages) change.put('settled', page, isAllOnes(bits) ? null : bits)
      for (const { id, bytes } of commit.segments) change.put('segment', id, bytes)
      this.#putJson(change, 'progress', progress)
      this.#put(change, 'histograms', encodeHistograms(commit.histograms))
      this.#putJson(change, 'fingerprints', commit.fingerprints)
      this.#putJson(change, 'suspects', commit.suspects)
      if (steering !== undefined) this.#putJson(change, 'given', given)
      noteHistory = this.#putHistory(commit.history)
    })
    noteHistory()
    this.#given = given
    this.#progress = progress
  }

  /** Whether any task is settled. */
  get hasSettled(): boolean {
    return settledCount(countersFromJson(this.#progress.counters)) > 0
  }

  /** Records how far the outputs have come; their files must be synced to that point. */
  saveOutputs(outputs: readonly OutputState[], durability: 'normal' | 'full' = 'normal'): void {
    this.#transact(durability, change => this.#putJson(change, 'outputs', outputs))
  }

  /** Merges the log into the file, so that nothing that happens to the log can undo what was written before. */
  mergeLog(): void {
    mergeLog(this.#database)
  }

  /** @param destination `null` when nothing is kept there any more. */
  saveDestination(destination: DestinationDocument | null): void {
    this.#transact('full', change => this.#putJson(change, 'destination', destination))
  }

  /** Goes back to what the destination holds, with everything that follows from it, at once. */
  goBack({ pages, counters, errors, dropped, outputs, destination }: GoingBack): void {
    const progress = { ...this.#progress, counters: countersToJson(counters), errors }
    this.#transact('full', change => {
      for (const { page, bits } of pages) change.put('settled', page, isAllOnes(bits) ? null : bits)
      this.#putJson(change, 'progress', progress)
      this.#putJson(change, 'dropped', dropped)
      this.#putJson(change, 'outputs', outputs)
      this.#putJson(change, 'destination', destination)
    })
    this.#progress = progress
  }

  saveEnding(state: RunState, summary: RunSummary, history?: NewHistory): void {
    const progress = { ...this.#progress, state }
    this.#transact('full', change => {
      this.#putJson(change, 'progress', progress)
      this.#putJson(change, 'summary', summary)
      this.#putHistory(history)
    })
    this.#progress = progress
  }

  /** Releases the run. The log is merged into the file, so that one file remains. */
  close(): void {
    this.#pace.close()
    if (this.#database.isOpen) this.#database.close()
    this.#lock.release()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #transact(durability: 'normal' | 'full', work: (change: Change) => void): void {
    const needed = this.#pace.durability(durability)
    try {
      this.#store.transact(needed, work)
    } catch (error) {
      this.#written.clear()
      throw error
    }
    this.#pace.committed(needed)
  }

  /** @returns What to call once the transaction is committed. */
  #putHistory(history: NewHistory | undefined): () => void {
    if (history === undefined) return NOTHING_NEW
    this.#history ??= new HistoryStore(this.#database)
    return this.#history.put(history)
  }

  #putJson(change: Change, name: string, value: unknown): void {
    this.#put(change, name, JSON.stringify(value))
  }

  #put(change: Change, name: string, body: Body): void {
    if (typeof body === 'string' && this.#written.get(name) === body) return
    change.put('document', name, body)
    this.#written.set(name, body)
  }
}

/** What an opened run holds, and what it was left without. */
interface Opening {
  readonly journal: Journal
  readonly state: JournalState
  readonly dropped: Dropped
  /** What was not looked through yet; a run must not be called done before. */
  readonly audit: SegmentAudit
}

/** What stood on the disk and does not count. */
export interface Dropped extends LogSurvey {
  /** Records beyond the committed lengths of their segments. */
  readonly tornRecords: number
}

/** What changes when a destination has forgotten tasks that were settled. */
export interface GoingBack {
  readonly pages: readonly SettledPage[]
  readonly counters: Counters
  readonly errors: readonly ErrorGroup[]
  readonly dropped: readonly DroppedRows[]
  readonly outputs: readonly OutputState[]
  readonly destination: DestinationDocument
}

const NOTHING_DONE: Omit<ProgressDocument, 'epoch'> = {
  state: 'planned',
  total: null,
  elapsedMs: 0,
  cpuSec: 0,
  peakRssBytes: 0,
  counters: {},
  errors: [],
}

const NOTHING_NEW = (): void => undefined

const isAllOnes = (bits: Uint8Array): boolean => {
  for (const byte of bits) if (byte !== 0xff) return false
  return true
}
