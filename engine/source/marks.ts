import type { FileHandle } from 'node:fs/promises'
import { JobError } from '../../shared/model/error.ts'
import { urlsOf } from './range-cursor.ts'
import type { RangeInput } from '../worker/protocol.ts'
import { BLOCK_BYTES, MARK_RECORDS } from './limits.ts'
import { LineBlocks, type LineWindow } from './line-blocks.ts'
import type { LineScanner } from './line-scanner.ts'
import { scannerOf } from './record-reader.ts'

/** Most marks of one message. The first messages are smaller, so that workers begin at once. */
const MOST_MARKS = 1_024

export interface MarkListener {
  /** Triples `[byteOffset, index, line]`. */
  onMarks(marks: Float64Array<ArrayBuffer>): void
  /** Called after each block. */
  onProgress(bytesRead: number, nextIndex: number): void
}

/**
 * Counts the records of a file that workers read themselves, and marks every 128th, by the very scanner that workers
 * use.
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
  const blocks = new LineBlocks(0)
  const marks = new Marker(scannerOf(urlsOf(input).format, 0), firstIndex, listener)
  const readNext = (position: number): Promise<number> => {
    const reading = readBlock(handle, blocks.room(blockBytes(position, input)), position)
    // Nobody waits for it once the scan has failed; whoever does wait hears its error all the same.
    reading.catch(() => undefined)
    return reading
  }
  let reading = readNext(0)
  for (let position = 0; position < input.sizeBytes;) {
    const bytesRead = await reading
    if (signal.aborted) throw new JobError('E_CANCELLED', 'reading was stopped')
    if (bytesRead === 0)
      throw new JobError(
        'E_SRC_CHANGED',
        `${input.path} has ${position} bytes, it had ${input.sizeBytes} when the run began`,
      )
    position += bytesRead
    blocks.add(bytesRead)
    const window = blocks.take(position === input.sizeBytes)
    // The disk works on the next block while this one is counted.
    if (position < input.sizeBytes) reading = readNext(position)
    marks.scan(window)
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

class Marker {
  nextIndex: number
  readonly #lines: LineScanner
  readonly #firstIndex: number
  readonly #listener: MarkListener
  #marks: number[] = []
  #enough = 1

  constructor(lines: LineScanner, firstIndex: number, listener: MarkListener) {
    this.#lines = lines
    this.#firstIndex = firstIndex
    this.nextIndex = firstIndex
    this.#listener = listener
  }

  scan(window: LineWindow | null): void {
    if (window === null) return
    const lines = this.#lines
    lines.load(window)
    while (lines.next()) {
      if ((this.nextIndex - this.#firstIndex) % MARK_RECORDS === 0)
        this.#marks.push(lines.offset, this.nextIndex, lines.line)
      this.nextIndex += 1
    }
    if (this.#marks.length >= 3 * this.#enough) this.flush()
  }

  flush(): void {
    if (this.#marks.length === 0) return
    this.#listener.onMarks(Float64Array.from(this.#marks))
    this.#marks = []
    this.#enough = Math.min(MOST_MARKS, 2 * this.#enough)
  }
}
