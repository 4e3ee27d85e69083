import type { RecordCursor, Refusal } from '../../../engine/source/cursor.ts'

export interface ReadRecord {
  readonly index: number
  readonly value: string
  readonly line: number
  readonly refusal: Refusal | null
}

/** Reads a cursor to its end and closes it. */
export async function drain(cursor: RecordCursor): Promise<ReadRecord[]> {
  const records: ReadRecord[] = []
  let readable = Promise.withResolvers<void>()
  cursor.onReadable = () => readable.resolve()
  for (;;) {
    const state = cursor.next()
    if (state === 'end') break
    if (state === 'wait') {
      await readable.promise
      readable = Promise.withResolvers<void>()
      continue
    }
    const { index, value, line, refusal } = cursor
    records.push({ index, value, line, refusal })
  }
  cursor.close()
  return records
}
