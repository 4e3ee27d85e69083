import { JobError } from '../../shared/model/error.ts'
import type { LoadOptions } from '../../shared/model/fields/load.ts'
import type { DestinationKind, WriterContext } from './destination.ts'
import { JsonlEncoder } from './jsonl-encoder.ts'
import { LocalWriter } from './local-writer.ts'

/**
 * A file of JSON Lines, which the records worker derives from the segments: a worker makes the lines, and a record is
 * written when the segment that holds its line is committed. The file has no position of its own.
 */
export const jsonlDestination: DestinationKind = {
  kind: 'jsonl',
  openControl: null,
  openWriter({ options, pass }, context) {
    if (pass === 'verify')
      return Promise.reject(
        new JobError('E_CONFIG', '--verify: a file of JSON Lines is made of the records that were read'),
      )
    return Promise.resolve(new JsonlWriter(options, context))
  },
}

class JsonlWriter extends LocalWriter {
  readonly #lines: JsonlEncoder

  constructor(options: LoadOptions, context: WriterContext) {
    const lines = new JsonlEncoder(options)
    super(lines, options.batch, context)
    this.#lines = lines
  }

  takeOutput(): string {
    return this.#lines.output
  }
}
