import type { DatabaseSync } from 'node:sqlite'
import { JobError } from '../../../shared/model/error.ts'
import type { SqliteTarget } from '../../../shared/model/load-target.ts'
import type { RecordView } from '../../load/record-view.ts'
import type { Refusal } from '../../source/cursor.ts'
import type {
  AppliedRecords,
  DestinationRequest,
  DestinationWriter,
  SentBatch,
  WriterContext,
} from '../destination.ts'
import { AppliedInDatabase } from './applied-records.ts'
import { locateDatabase, openReadOnly } from './open-database.ts'
import { PackedRows } from './packed-rows.ts'
import { readSpans } from './positions.ts'
import { RowPacker } from './row-packer.ts'
import { sqliteError } from './sqlite-fault.ts'
import { WriterLink } from './writer-link.ts'
import type { FromWriterThread } from './writer-protocol.ts'

/** A transaction of this size costs little beyond its rows. */
const BATCH_ROWS = 10_000
const BATCH_BYTES = 4 * 2 ** 20
/** One is written while the next waits for it and a third is packed. */
const BATCHES = 2

type Lease = Parameters<DestinationWriter['openLease']>[0]

/** @throws JobError when the database is not the one that the run began with, or cannot be written. */
export async function openSqliteWriter(
  request: DestinationRequest,
  target: SqliteTarget,
  context: WriterContext,
): Promise<DestinationWriter> {
  const writer = new SqliteWriter(request, target, context)
  await writer.ready
  return writer
}

/**
 * Packs records for a thread that writes them.
 *
 * A thread of its own, since SQLite's calls block: reading and writing then take a core each. What the thread is told it
 * does in that order, so its answers need no names.
 */
class SqliteWriter implements DestinationWriter {
  readonly most: { readonly records: number; readonly bytes: number }
  readonly batches = BATCHES
  readonly ready: Promise<void>
  readonly #runId: string
  readonly #path: string
  readonly #context: WriterContext
  readonly #rows: PackedRows
  readonly #packer: RowPacker
  readonly #link: WriterLink
  readonly #sent: SentBatch[] = []
  /** Those who wait for `ready` or `slots.ready`, in their order; some of them tell the worker what went wrong. */
  readonly #waiting: (PromiseWithResolvers<void> & { readonly tells: boolean })[] = []
  #lookup: DatabaseSync | null = null
  #error: JobError | null = null
  #isAborted = false

  constructor(request: DestinationRequest, target: SqliteTarget, context: WriterContext) {
    const { options, runId } = request
    if (context.sqliteThread === undefined)
      throw new JobError('E_INTERNAL', 'the host did not say where the thread that writes SQLite is')
    this.#runId = runId
    this.#context = context
    this.most = { records: options.batch ?? BATCH_ROWS, bytes: BATCH_BYTES }
    this.#rows = new PackedRows(this.most)
    this.#packer = new RowPacker(options, this.#rows)
    const file = locateDatabase(target.path)
    this.#path = file.path
    if (!file.hasContent)
      throw new JobError(
        'E_SRC_CHANGED',
        `${file.path} is gone, or not the database that this run began with`,
      )
    this.#link = new WriterLink(
      context.sqliteThread,
      { path: file.path, table: target.table, runId },
      { message: message => this.#handle(message), lost: error => this.#fail(error) },
    )
    this.ready = this.#answer({ tells: true })
  }

  get openBytes(): number {
    return this.#rows.openBytes
  }

  async openLease({ first, step, living, format }: Lease): Promise<AppliedRecords | null> {
    this.#packer.useFormat(format)
    if (this.#error !== null) throw this.#error
    await this.#sendNews({ tells: true })
    if (living === null || living === undefined) {
      this.#link.post({ type: 'lease', first, step, next: null })
      return null
    }
    const spans = this.#readSpans()
    const own = spans.find(span => span.first === first && span.step === step)
    this.#link.post({ type: 'lease', first, step, next: own?.next ?? null })
    return new AppliedInDatabase(this.#lookup as DatabaseSync, this.#runId, spans)
  }

  add(record: RecordView): Refusal | null {
    const refusal = this.#packer.pack(record)
    // Kept beside the position: whoever reads the lease again takes the record for settled and asks why it failed.
    if (refusal !== null)
      this.#rows.refuse({ task: record.taskIndex, code: refusal.code, message: refusal.message })
    return refusal
  }

  send(sent: SentBatch): void {
    if (this.#error !== null || this.#isAborted) {
      this.#rows.clear()
      return sent.cancel()
    }
    this.#sendNews({ tells: false }).catch((error: unknown) => this.#fail(error))
    const { first, step, next } = sent
    const tasks = sent.tasks.slice()
    const { batch, refused } = this.#rows.take()
    this.#sent.push(sent)
    this.#link.post({ type: 'batch', first, step, next, tasks, batch, refused }, [
      tasks.buffer,
      batch.bytes.buffer,
      batch.lengths.buffer,
      batch.indexes.buffer,
    ])
  }

  abort(): void {
    this.#isAborted = true
    void this.#link.kill()
    this.#giveUp(new JobError('E_CANCELLED', 'the load was stopped'))
  }

  async close(): Promise<void> {
    this.#lookup?.close()
    // Until its thread is gone, a load that failed would still hold its locks.
    if (this.#isAborted || this.#error !== null) await this.#link.kill()
    else await this.#link.close()
  }

  /** Tells the thread of new slots. @returns Resolves when the table has their columns. */
  async #sendNews(waiter: { readonly tells: boolean }): Promise<void> {
    const slots = this.#packer.takeNews()
    if (slots === null) return
    const answer = this.#answer(waiter)
    this.#link.post({ type: 'slots', slots })
    await answer
  }

  #answer({ tells }: { readonly tells: boolean }): Promise<void> {
    const waiting = { ...Promise.withResolvers<void>(), tells }
    this.#waiting.push(waiting)
    return waiting.promise
  }

  #readSpans(): ReturnType<typeof readSpans> {
    try {
      this.#lookup ??= openReadOnly(this.#path)
      return readSpans(this.#lookup, this.#runId)
    } catch (error) {
      throw sqliteError(error, this.#path)
    }
  }

  #handle(message: FromWriterThread): void {
    switch (message.type) {
      case 'ready':
      case 'slots.ready':
        return this.#waiting.shift()?.resolve()
      case 'settled':
        this.#rows.giveBack(message.batch)
        return this.#sent.shift()?.settle(message.failures)
      case 'stalled':
        return this.#context.onStalled(message.failure, message.sinceMs)
      case 'failed':
        return this.#fail(new JobError(message.code, message.message))
    }
  }

  #fail(error: unknown): void {
    if (this.#error !== null) return
    this.#error =
      error instanceof JobError ? error : new JobError('E_INTERNAL', String(error), { cause: error })
    // Whoever opens the writer or a lease passes the error on: it is told once.
    const isTold = this.#waiting.some(({ tells }) => tells)
    this.#giveUp(this.#error)
    if (!isTold && !this.#isAborted) this.#context.onFailed(this.#error)
  }

  #giveUp(error: JobError): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
    for (const sent of this.#sent.splice(0)) sent.cancel()
  }
}
