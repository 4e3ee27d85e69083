import type { Readable } from 'node:stream'
import { openLoadLease } from '../../../engine/source/open-load-lease.ts'
import { creditsOf, type ReaderSetup } from '../../../engine/source/reader-protocol.ts'
import { leaseOf } from './leases.ts'
import { drainLoad, WISHES, type LoadedRecord } from './load-records.ts'
import { ReaderDouble, setupOf, type Message } from './read-inputs.ts'

/** @returns The set-up of a load with formats and encodings as they are found. */
export const loadOf = (inputs: readonly string[], changes: Partial<ReaderSetup> = {}): ReaderSetup =>
  setupOf(inputs, { load: { format: 'auto', encoding: 'auto' }, ...changes })

/** Everything a reader said about a load, and the records of its batches. */
export interface LoadReadingResult {
  readonly messages: ReaderDouble['messages']
  readonly records: readonly LoadedRecord[]
  readonly texts: readonly string[]
  readonly last: ReaderDouble['messages'][number] | undefined
}

export const ofBatch = ({
  firstIndex,
  count,
  payload,
  format,
}: Message<'batch'>): Promise<LoadedRecord[]> => {
  if (format === undefined) throw new Error('a batch of a load names its format')
  const data = { type: 'batch', firstIndex, payload, format } as const
  return drainLoad(openLoadLease(leaseOf(data, { first: firstIndex, end: firstIndex + count }), WISHES))
}

/** Runs a reader to its end; it gets back the credits of every batch. */
export async function readLoad(setup: ReaderSetup, stdin?: () => Readable): Promise<LoadReadingResult> {
  const reader = new ReaderDouble(stdin)
  reader.onPost = message => {
    if (message.type === 'batch')
      reader.tell({ type: 'credit', records: creditsOf(message.count, message.payload.length, true) })
  }
  reader.tell({ type: 'setup', setup })
  reader.tell({ type: 'credit', records: 10_000 })
  await reader.closed
  const { messages } = reader
  const records: LoadedRecord[] = []
  for (const message of messages) if (message.type === 'batch') records.push(...(await ofBatch(message)))
  return { messages, records, texts: records.map(({ text }) => text), last: messages.at(-1) }
}
