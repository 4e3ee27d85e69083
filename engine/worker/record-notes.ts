import type { RecordView } from '../load/record-view.ts'

/** Numbers kept of a record besides its task index. */
const WIDTH = 5
const INDEX = 0
const LINE = 1
const BYTE_OFFSET = 2
const BYTE_LENGTH = 3
/** Where the record's bytes end in the copy; they begin where those of the record before end. */
const RAW_END = 4

const FIRST_RECORDS = 1_024
const FIRST_BYTES = 64 * 2 ** 10

/**
 * What the failure of a record needs to say after its cursor has moved on: where it stood, and a copy of its bytes.
 * Used again and again, so that a record costs no object.
 */
export class RecordNotes {
  #length = 0
  #tasks = new Float64Array(FIRST_RECORDS)
  #numbers = new Float64Array(FIRST_RECORDS * WIDTH)
  #raw = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #rawBytes = 0
  /** How records are to be read, from which one on: it changes with the lease, or inside a file of rejects. */
  readonly #sources: { readonly from: number; readonly source: string | null }[] = []
  #source: string | null = null

  get length(): number {
    return this.#length
  }

  get rawBytes(): number {
    return this.#rawBytes
  }

  add(record: RecordView): void {
    const at = this.#length
    if (at === this.#tasks.length) this.#growNumbers()
    this.#tasks[at] = record.taskIndex
    const rawLength = record.rawEnd - record.rawStart
    if (this.#rawBytes + rawLength > this.#raw.length) this.#growRaw(rawLength)
    record.raw.copy(this.#raw, this.#rawBytes, record.rawStart, record.rawEnd)
    this.#rawBytes += rawLength
    if (record.source !== this.#source) {
      this.#source = record.source
      this.#sources.push({ from: at, source: record.source })
    }
    const numbers = this.#numbers
    const from = at * WIDTH
    numbers[from + INDEX] = record.index
    numbers[from + LINE] = record.line
    numbers[from + BYTE_OFFSET] = record.byteOffset
    numbers[from + BYTE_LENGTH] = record.byteLength
    numbers[from + RAW_END] = this.#rawBytes
    this.#length = at + 1
  }

  /** @returns The task indexes of all records; a view that is valid until the next `add` or `clear`. */
  tasks(): Float64Array {
    return this.#tasks.subarray(0, this.#length)
  }

  taskAt(at: number): number {
    return this.#tasks[at]!
  }

  indexAt(at: number): number {
    return this.#numbers[at * WIDTH + INDEX]!
  }

  lineAt(at: number): number {
    return this.#numbers[at * WIDTH + LINE]!
  }

  byteOffsetAt(at: number): number {
    return this.#numbers[at * WIDTH + BYTE_OFFSET]!
  }

  byteLengthAt(at: number): number {
    return this.#numbers[at * WIDTH + BYTE_LENGTH]!
  }

  /** @returns The record's bytes, valid until the next `add` or `clear`; empty where they were too long to be kept. */
  rawAt(at: number): Buffer {
    const start = at === 0 ? 0 : this.#numbers[(at - 1) * WIDTH + RAW_END]!
    return this.#raw.subarray(start, this.#numbers[at * WIDTH + RAW_END])
  }

  /** See `RecordView.source`. */
  sourceAt(at: number): string | null {
    return this.#sources.findLast(({ from }) => from <= at)?.source ?? null
  }

  clear(): void {
    this.#length = 0
    this.#rawBytes = 0
    this.#sources.length = 0
    this.#source = null
  }

  #growNumbers(): void {
    const tasks = new Float64Array(this.#tasks.length * 2)
    tasks.set(this.#tasks)
    this.#tasks = tasks
    const numbers = new Float64Array(this.#numbers.length * 2)
    numbers.set(this.#numbers)
    this.#numbers = numbers
  }

  #growRaw(bytes: number): void {
    const raw = Buffer.allocUnsafeSlow(Math.max(this.#raw.length * 2, this.#rawBytes + bytes))
    this.#raw.copy(raw, 0, 0, this.#rawBytes)
    this.#raw = raw
  }
}
