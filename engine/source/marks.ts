import type { FileHandle } from 'node:fs/promises'
import { JobError } from '../../shared/model/error.ts'
import type { RangeInput } from '../worker/protocol.ts'
import { BLOCK_BYTES } from './limits.ts'
import { MarkList, type MarkListener } from './mark-list.ts'
import { RecordScan, UrlScan, type MarkScan } from './mark-scan.ts'
import { urlsOf } from './range-cursor.ts'

/**
 * Counts the records of a file that workers read themselves, and marks where some of them begin, by the very scanner that
 * workers use.
 *
 * @returns The index after the last record.
 * @throws JobError `E_SRC_CHANGED` when the file became shorter; `E_CANCELLED` when `signal` is aborted.
 */
export async function markRecords(
  handle: FileHandle,
  input: RangeInput,
  options: { readonly firstIndex: number; readonly signal: AbortSignal; readonly listener: MarkListener },
): Promise<number> {
  const { firstIndex, signal, listener } = options
  const marks = new MarkList(firstIndex, listener)
  const scan: MarkScan =
    'records' in input ? new RecordScan(input.records, marks) : new UrlScan(urlsOf(input).format, marks)
  const readNext = (position: number): Promise<number> => {
    const reading = readBlock(handle, scan.room(blockBytes(position, input)), position)
    // Nobody waits for it once the scan has failed; whoever does wait hears its error all the same.
    reading.catch(() => undefined)
    return reading
  }
  const start = 'records' in input ? input.records.bodyStart : 0
  let reading = readNext(start)
  for (let position = start; position < input.sizeBytes;) {
    const bytesRead = await reading
    if (signal.aborted) throw new JobError('E_CANCELLED', 'reading was stopped')
    if (bytesRead === 0)
      throw new JobError(
        'E_SRC_CHANGED',
        `${input.path} has ${position} bytes, it had ${input.sizeBytes} when the run began`,
      )
    position += bytesRead
    scan.add(bytesRead)
    scan.take(position === input.sizeBytes)
    // The disk works on the next block while this one is counted.
    if (position < input.sizeBytes) reading = readNext(position)
    scan.mark()
    marks.flushEnough()
    listener.onProgress(position, marks.nextIndex)
  }
  marks.flush()
  return marks.nextIndex
}

const blockBytes = (position: number, input: RangeInput): number =>
  Math.min(BLOCK_BYTES, input.sizeBytes - position)

async function readBlock(handle: FileHandle, into: Buffer, position: number): Promise<number> {
  if (into.length === 0) return 0
  const { bytesRead } = await handle.read(into, 0, into.length, position)
  return bytesRead
}
