import { LineBlocks, type LineWindow } from '../line-blocks.ts'
import { RecordReader, type LineFormat } from '../record-reader.ts'
import type { RecordSink, SourceInput } from '../source.ts'

/** Parses data whose records are lines, by the same rules by which workers read byte ranges. */
export async function parseLines(input: SourceInput, format: LineFormat, sink: RecordSink): Promise<void> {
  const blocks = new LineBlocks(0)
  const records = new RecordReader(format, { linesBefore: 0, encoding: input.encoding })
  for await (const chunk of input.bytes) {
    blocks.push(chunk)
    await hand(blocks.take(false), records, sink)
  }
  await hand(blocks.take(true), records, sink)
}

async function hand(window: LineWindow | null, records: RecordReader, sink: RecordSink): Promise<void> {
  if (window === null) return
  records.load(window)
  while (records.next()) {
    records.read()
    const full = sink.add(records.value, records.line, records.refusal)
    if (full !== null) await full
  }
}
