import { LOAD_LAYOUT, positionsOf } from '../../shared/model/record-layout.ts'
import { constantOf } from './line-buffer.ts'
import { openLineSink } from './line-sink.ts'
import type { RecordSinkKind } from './record-sink.ts'

const { output } = positionsOf(LOAD_LAYOUT).strings
const LINE_END = constantOf('\n')

/** The file that a load into `jsonl:` writes: what its workers made of each record, a line each. */
export const loadedLinesSink: Pick<RecordSinkKind, 'open'> = {
  open: request =>
    openLineSink(request, {
      header: '',
      write: (row, line) => {
        line.text(row.string(output) ?? '')
        line.constant(LINE_END)
      },
    }),
}
