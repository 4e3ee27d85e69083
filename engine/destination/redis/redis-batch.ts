import { printable } from '../../../shared/model/error.ts'
import type { RecordFailure } from '../destination.ts'
import type { BatchBuffer } from './batch-buffer.ts'
import type { RedisConnection } from './connection.ts'
import { must } from './greeting.ts'
import type { CommandFinder } from './record-encoder.ts'
import type { ReplyValue } from './reply-parser.ts'
import { behindLength, lengthAt } from './resp.ts'
import { positionField, spanOf } from './run-hash.ts'
import { changedDestination } from './server-fault.ts'

/** A position of the run, as this connection knows it. */
export class LeaseState {
  readonly first: number
  readonly step: number
  readonly field: string
  /** What the server is known to hold; `null` for no such field. */
  stored: number | null = null

  constructor(first: number, step: number) {
    this.first = first
    this.step = step
    this.field = positionField(first, step)
  }
}

/** The positions this worker has written or read: one for each lease it had. */
export class LeaseStates<L extends LeaseState> {
  readonly #make: (first: number, step: number) => L
  readonly #states = new Map<string, L>()

  constructor(make: (first: number, step: number) => L) {
    this.#make = make
  }

  of(first: number, step: number): L {
    const name = `${first}/${step}`
    const known = this.#states.get(name)
    if (known) return known
    const state = this.#make(first, step)
    this.#states.set(name, state)
    return state
  }
}

/** @returns What the server holds for each of the leases; `null` where it holds nothing. */
export async function readPositions(
  connection: RedisConnection,
  key: string,
  leases: readonly LeaseState[],
): Promise<(number | null)[]> {
  if (leases.length === 0) return []
  const fields = leases.map(lease => lease.field)
  const values = await must(connection, ['HMGET', key, ...fields], 'read what it wrote before')
  return leases.map((lease, at) => {
    const value = Array.isArray(values) ? (values[at] as ReplyValue) : undefined
    if (value === null) return null
    const span = typeof value === 'string' ? spanOf(lease.field, value) : null
    if (!span) throw changedDestination(key, `the position ${lease.field} is no number`)
    return span.next
  })
}

const KEY_BYTES = 48

/**
 * @param errors Texts of the server by place in the batch, in rising order.
 * @returns The records that were refused, each with the key it has and what the server said.
 */
export function failuresOf(
  errors: readonly (readonly [at: number, text: string])[],
  buffer: BatchBuffer,
  finder: CommandFinder,
): RecordFailure[] {
  let record = 0
  let position = buffer.start
  return errors.map(([at, text]) => {
    for (; record < at; record += 1) position = finder.behind(buffer.bytes, position)
    const key = keyText(buffer.bytes, finder.keyAt(buffer.bytes, position))
    return { at, code: 'E_DEST_DATA', message: printable(`Redis refused key ${key}: ${text}`) }
  })
}

function keyText(bytes: Buffer, at: number): string {
  const from = behindLength(bytes, at)
  const length = lengthAt(bytes, at)
  const shown = bytes.toString('utf8', from, from + Math.min(length, KEY_BYTES))
  return length <= KEY_BYTES ? `"${shown}"` : `"${shown}…" of ${length} bytes`
}
