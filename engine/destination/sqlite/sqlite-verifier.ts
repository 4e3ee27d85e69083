import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { JobError, printable } from '../../../shared/model/error.ts'
import type { LoadFormat, LoadOptions } from '../../../shared/model/fields/load.ts'
import type { SqliteTarget } from '../../../shared/model/load-target.ts'
import type { RecordView } from '../../load/record-view.ts'
import type { Refusal } from '../../source/cursor.ts'
import type { RecordFormat } from '../../worker/protocol.ts'
import type {
  DestinationRequest,
  DestinationWriter,
  RecordFailure,
  SentBatch,
  WriterContext,
} from '../destination.ts'
import { quoted, sameName } from './names.ts'
import { locateDatabase, openReadOnly } from './open-database.ts'
import { PackedRows } from './packed-rows.ts'
import { RowPacker } from './row-packer.ts'
import { sqliteError } from './sqlite-fault.ts'
import { KEY_COLUMN, tableColumns } from './target-table.ts'
import { ABSENT, type Slots } from './writer-protocol.ts'

const BATCH_ROWS = 10_000
const BATCH_BYTES = 4 * 2 ** 20

/** @returns Whether rows made of such records can be found again: without a key nothing says which row was whose. */
export const canVerify = (options: Pick<LoadOptions, 'key' | 'value'>, format: LoadFormat): boolean =>
  format === 'lines' || options.value !== null || options.key !== null

/** @throws JobError `E_DEST_DOWN`, `E_SCHEMA` or `E_LOCKED` when the table cannot be read. */
export async function openSqliteVerifier(
  request: DestinationRequest,
  target: SqliteTarget,
  context: Pick<WriterContext, 'onFailed'>,
): Promise<DestinationWriter> {
  const { path, hasContent } = locateDatabase(target.path)
  if (!hasContent) throw new JobError('E_DEST_DOWN', `${target.path} does not exist or is empty`)
  try {
    return new SqliteVerifier(openReadOnly(path), {
      target,
      options: request.options,
      onFailed: context.onFailed,
    })
  } catch (error) {
    throw sqliteError(error, path)
  }
}

/** Compares each record with the row of its key, byte for byte. It writes nothing. */
class SqliteVerifier implements DestinationWriter {
  readonly most: { readonly records: number; readonly bytes: number }
  readonly batches = 1
  readonly #database: DatabaseSync
  readonly #target: SqliteTarget
  readonly #options: LoadOptions
  readonly #onFailed: WriterContext['onFailed']
  readonly #rows = new PackedRows({ records: 1, bytes: BATCH_BYTES })
  readonly #packer: RowPacker
  readonly #columns: ReadonlyMap<string, string>
  #lookup: StatementSync | null = null
  #slots: Slots | null = null
  /** Slots whose name is no column: nothing but an absent value is as it should be. */
  #missing: readonly number[] = []
  /** Position among the selected columns for each slot behind the key's. */
  #columnOf = new Int32Array(0)
  #added = 0
  #failures: RecordFailure[] = []
  #openBytes = 0

  constructor(
    database: DatabaseSync,
    {
      target,
      options,
      onFailed,
    }: { target: SqliteTarget; options: LoadOptions; onFailed: WriterContext['onFailed'] },
  ) {
    this.#onFailed = onFailed
    this.#database = database
    this.#target = target
    this.#options = options
    this.most = { records: options.batch ?? BATCH_ROWS, bytes: BATCH_BYTES }
    this.#packer = new RowPacker(options, this.#rows)
    this.#columns = new Map(tableColumns(database, target.table).map(name => [sameName(name), name]))
  }

  get openBytes(): number {
    return this.#openBytes
  }

  async openLease({ format }: { readonly format: RecordFormat }): Promise<null> {
    if (!canVerify(this.#options, format.format) && format.format !== 'rejects') throw needsKey()
    this.#packer.useFormat(format)
    return null
  }

  add(record: RecordView): Refusal | null {
    this.#rows.clear()
    const refusal = this.#packer.pack(record)
    if (refusal !== null) return refusal
    this.#openBytes += this.#rows.openBytes
    const problem = this.#attempt(record)
    if (problem !== null)
      this.#failures.push({
        at: this.#added,
        code: 'E_DEST_DATA',
        message: printable(`line ${record.line}: ${problem}`),
      })
    this.#added += 1
    return null
  }

  send(batch: SentBatch): void {
    const failures = this.#failures
    this.#failures = []
    this.#added = 0
    this.#openBytes = 0
    if (this.#database.isTransaction) this.#database.exec('COMMIT')
    // Whoever sends counts the batch as under way first.
    queueMicrotask(() => batch.settle(failures))
  }

  abort(): void {
    // Nothing is under way: what was sent settles at once.
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close()
  }

  #attempt(record: RecordView): string | null {
    try {
      return this.#compare(record)
    } catch (error) {
      const named = sqliteError(error, this.#target.path)
      this.#onFailed(
        named instanceof JobError ? named : new JobError('E_INTERNAL', String(error), { cause: error }),
      )
      return 'its row could not be read'
    }
  }

  /** @returns How the row differs; `null` when it does not. */
  #compare(record: RecordView): string | null {
    this.#useNews()
    // Else each look-up would take and give back the lock of the file.
    if (!this.#database.isTransaction) this.#database.exec('BEGIN')
    const { bytes, lengths } = this.#rows
    const isIndexed = this.#slots?.key === 'index'
    const keyLength = isIndexed ? 0 : (lengths[1] as number)
    const key = isIndexed ? record.index : keyLength === 0 ? '' : bytes.subarray(0, keyLength)
    const found = this.#lookup?.get(key) as unknown as (Uint8Array | null)[] | undefined
    if (found === undefined) return `there is no row with its key`
    const cells = lengths[0] as number
    const [first, slotOfFirst] = isIndexed ? [0, 1] : [1, 1]
    let at = keyLength
    for (let slot = slotOfFirst; slot < (this.#slots?.names.length ?? 0); slot += 1) {
      const cell = first + slot - slotOfFirst
      const length = cell < cells ? (lengths[1 + cell] as number) : ABSENT
      const value = this.#missing.includes(slot) ? null : (found[this.#columnOf[slot] as number] ?? null)
      const isSame =
        value === null
          ? length === ABSENT
          : length === value.length && bytes.compare(value, 0, length, at, at + length) === 0
      if (!isSame) return `column "${this.#slots?.names[slot]}" of its row has another value`
      at += Math.max(0, length)
    }
    return null
  }

  #useNews(): void {
    const slots = this.#packer.takeNews()
    if (slots === null) return
    if (slots.key === null) throw needsKey()
    const { names } = slots
    const selected: string[] = []
    this.#columnOf = new Int32Array(names.length)
    this.#missing = names.flatMap((name, slot) => (this.#columns.has(sameName(name)) ? [] : [slot]))
    if (this.#missing.includes(0))
      throw new JobError('E_SCHEMA', `table "${this.#target.table}" has no column "${KEY_COLUMN}"`)
    for (const [slot, name] of names.entries()) {
      if (slot === 0 || this.#missing.includes(slot)) continue
      this.#columnOf[slot] = selected.length
      selected.push(`CAST(${quoted(name)} AS BLOB)`)
    }
    const type = slots.key === 'index' ? 'INTEGER' : 'TEXT'
    this.#lookup = this.#database.prepare(
      `SELECT ${selected.join(', ') || 'NULL'} FROM ${quoted(this.#target.table)} WHERE ${quoted(KEY_COLUMN)} = CAST(? AS ${type})`,
    )
    this.#lookup.setReturnArrays(true)
    this.#slots = slots
  }
}

const needsKey = (): JobError =>
  new JobError(
    'E_CONFIG',
    '--verify of columns needs --key, for example --key {index}: without it no row says which record it was',
  )
