import type { EncodingName } from '../../shared/model/fields/load.ts'
import type { FieldValues, ReadingWishes, RecordView } from '../load/record-view.ts'
import type { LeaseData, RecordFormat } from '../worker/protocol.ts'
import { fileHead } from './file-bytes.ts'
import { packWindow } from './load-batch.ts'
import { openLoadLease } from './open-load-lease.ts'
import { openRegular } from './open-file.ts'
import { RecordBlocks, type RecordWindow } from './record-blocks.ts'
import { readContent, recogniseLoad, type LoadSetup } from './recognise-load.ts'
import { sourceError } from './source-error.ts'

/** Most bytes of an input, unpacked, in which records are looked for. */
const PREVIEW_BYTES = 2 ** 20

export interface InputPreview {
  readonly kind: RecordFormat['format']
  /** What the input was recognised by, for people. */
  readonly evidence: string
  readonly encoding: EncodingName
  readonly format: RecordFormat
  /** The first records, in copies that stay valid; records beyond the first mebibyte are left out. */
  readonly records: readonly RecordView[]
}

const WISHES: ReadingWishes = { trim: true, needsFields: true, invalidBytes: 'reject' }

/**
 * Looks at the beginning of a file: how it would be read, and its first records.
 *
 * @param count Most records wanted.
 * @throws JobError as reading it would before the first record.
 */
export async function previewInput(
  path: string,
  setup: LoadSetup,
  count: number,
  wishes: ReadingWishes = WISHES,
): Promise<InputPreview> {
  const file = await openRegular(path)
  try {
    const head = fileHead(file)
    const { format, packing, evidence } = await recogniseLoad(path, head, setup)
    const content = await readContent(path, head, packing, PREVIEW_BYTES)
    const blocks = new RecordBlocks(format, { byteOffset: format.bodyStart, line: format.bodyLine })
    blocks.push(content.head.subarray(format.bodyStart))
    const window = blocks.take(content.isWhole)
    const wanted = window === null ? 0 : Math.min(count, window.extents.count)
    const records =
      window === null || wanted === 0 ? [] : firstRecords(window, format, { count: wanted, wishes })
    return { kind: format.format, evidence, encoding: format.encoding, format, records }
  } catch (error) {
    throw sourceError(path, error)
  } finally {
    await file.handle.close()
  }
}

/** @returns Copies of the first `count` records of a window, which has so many, that stay valid. */
export function firstRecords(
  window: RecordWindow,
  format: RecordFormat,
  { count, wishes = WISHES }: { readonly count: number; readonly wishes?: ReadingWishes },
): readonly RecordView[] {
  return copiesOf({ type: 'batch', firstIndex: 0, payload: packWindow(window, 0, count), format }, wishes)
}

function copiesOf(data: LeaseData, wishes: ReadingWishes): RecordView[] {
  const rest = { id: 0, attempt: 1, settled: null, careful: false, quarantine: null }
  const cursor = openLoadLease({ ...rest, first: 0, step: 1, end: null, data }, wishes)
  const records: RecordView[] = []
  while (cursor.next() === 'record') records.push(copyOf(cursor.record))
  cursor.close()
  return records
}

function copyOf(record: RecordView): RecordView {
  const raw = Buffer.from(record.raw.subarray(record.rawStart, record.rawEnd))
  const text = Buffer.from(record.text.subarray(record.textStart, record.textEnd))
  const fields = record.fields === null || record.refusal !== null ? null : new CopiedFields(record.fields)
  const places = { rawStart: 0, rawEnd: raw.length, textStart: 0, textEnd: text.length }
  return { ...record, ...places, raw, text, fields }
}

class CopiedFields implements FieldValues {
  readonly #names: readonly string[]
  readonly #values: readonly (Buffer | null)[]

  constructor(fields: FieldValues) {
    const positions = Array.from({ length: fields.count }, (_, at) => at)
    this.#names = positions.map(at => fields.nameOf(at))
    this.#values = positions.map(at =>
      fields.isNull(at)
        ? null
        : Buffer.from(fields.bytesOf(at).subarray(fields.startOf(at), fields.endOf(at))),
    )
  }

  get count(): number {
    return this.#names.length
  }

  nameOf(at: number): string {
    return this.#names[at] as string
  }

  find(name: string): number {
    return this.#names.lastIndexOf(name)
  }

  isNull(at: number): boolean {
    return this.#values[at] === null
  }

  bytesOf(at: number): Buffer {
    return this.#values[at] ?? Buffer.alloc(0)
  }

  startOf(): number {
    return 0
  }

  endOf(at: number): number {
    return this.bytesOf(at).length
  }

  textOf(at: number): string {
    return this.bytesOf(at).toString('utf8')
  }
}
