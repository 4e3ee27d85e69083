import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { BatchReader } from '../../../engine/source/batch.ts'
import type { FromReader, ReaderSetup, ToReader } from '../../../engine/source/reader-protocol.ts'
import { runReader } from '../../../engine/source/reader.ts'
import type { ReadRecord } from './drain.ts'

export type Message<T extends FromReader['type']> = Extract<FromReader, { type: T }>

/** Everything a reader said about a job, and the records of its batches. */
export interface Reading {
  readonly messages: FromReader[]
  readonly records: ReadRecord[]
  of<T extends FromReader['type']>(type: T): Message<T>[]
  /** Every input recognised, the records with their codes, and how it ended: enough for most assertions. */
  readonly urls: string[]
  readonly last: FromReader | undefined
}

export const setupOf = (inputs: readonly string[], changes: Partial<ReaderSetup> = {}): ReaderSetup => ({
  inputs,
  column: null,
  field: null,
  unique: false,
  fingerprints: null,
  splitting: 'marks',
  wholeBytes: 8 * 2 ** 20,
  // A test whose inputs are copied says where to.
  spoolPath: join(tmpdir(), 'interleave-test-no-spool'),
  spoolsStandardInput: false,
  sitemap: null,
  ...changes,
})

/** A reader whose port is driven by the test. */
export class ReaderDouble {
  readonly messages: FromReader[] = []
  readonly closed: Promise<void>
  onPost: (message: FromReader) => void = () => undefined
  #listener: (message: ToReader) => void = () => undefined

  constructor(stdin: () => Readable = () => Readable.from([])) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    runReader(
      {
        post: (message, transfer) => {
          const copy = structuredClone(message, { transfer: [...(transfer ?? [])] })
          this.messages.push(copy)
          this.onPost(copy)
        },
        onMessage: listener => void (this.#listener = listener),
        close: resolve,
      },
      stdin,
    )
  }

  tell(message: ToReader): void {
    this.#listener(message)
  }
}

/** Runs a reader to its end with as many credits as it wants. */
export async function readInputs(setup: ReaderSetup, stdin?: () => Readable): Promise<Reading> {
  const reader = new ReaderDouble(stdin)
  const records: ReadRecord[] = []
  reader.onPost = message => {
    if (message.type !== 'batch') return
    records.push(...recordsOf(message))
    reader.tell({ type: 'credit', records: message.count })
  }
  reader.tell({ type: 'setup', setup })
  reader.tell({ type: 'credit', records: 300 })
  await reader.closed
  const { messages } = reader
  return {
    messages,
    records,
    of: type => messages.filter((message): message is never => message.type === type),
    urls: records.map(record => (record.refusal === null ? record.value : record.refusal.code)),
    last: messages.at(-1),
  }
}

export function recordsOf({ firstIndex, count, payload }: Message<'batch'>): ReadRecord[] {
  const reader = new BatchReader(payload)
  const records: ReadRecord[] = []
  for (let index = firstIndex; reader.next(); index += 1) {
    const { value, line, refusal } = reader
    records.push({ index, value, line, refusal })
  }
  if (records.length !== count) throw new Error(`a batch of ${count} holds ${records.length} records`)
  return records
}
