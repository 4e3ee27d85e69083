import type { OutputPosition } from '../journal/journal-codec.ts'
import type { RowView } from '../journal/row-view.ts'
import type { LineBuffer } from './line-buffer.ts'
import { LineWriter, openLineFile } from './output-file.ts'
import type { OpenedSink, RecordSink, SinkRequest } from './record-sink.ts'
import { openStandardOutput } from './standard-output.ts'

/** What a format of lines consists of. */
export interface LineFormat {
  /** Stands before the first record of an empty file; empty as a rule. */
  readonly header: string
  /** Writes the selected row as one record, its line end included. */
  write(row: RowView, line: LineBuffer): void
}

/** Opens a file, or standard output, for one record a line. */
export async function openLineSink(request: SinkRequest, format: LineFormat): Promise<OpenedSink> {
  const { target, state } = request.path === '-' ? openStandardOutput(request) : await openLineFile(request)
  const writer = new LineWriter(request.path, target, state.bytes)
  if (state.bytes === 0) writer.buffer.text(format.header)
  return { sink: new LineSink(writer, format), state }
}

class LineSink implements RecordSink {
  readonly wantsSync = false
  readonly #writer: LineWriter
  readonly #format: LineFormat

  constructor(writer: LineWriter, format: LineFormat) {
    this.#writer = writer
    this.#format = format
  }

  get bufferedBytes(): number {
    return this.#writer.bufferedBytes
  }

  add(row: RowView): void {
    this.#format.write(row, this.#writer.buffer)
    this.#writer.added()
  }

  async flush(): Promise<void> {
    await this.#writer.flush()
  }

  async sync(_position: OutputPosition): Promise<number> {
    return this.#writer.sync()
  }

  async finish(): Promise<void> {
    // What is synced is already all that people read.
  }

  async close(): Promise<void> {
    await this.#writer.close()
  }
}
