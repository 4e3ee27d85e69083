import type { FieldValues, LoadCursor, RecordView } from '../../../engine/load/record-view.ts'
import type { Refusal } from '../../../engine/source/cursor.ts'
import type { Lease, RecordFormat } from '../../../engine/worker/protocol.ts'
import type { LoadOptions } from '../../../shared/model/fields/load.ts'
import { makeLease } from './waiting-task.ts'

export const LINES: RecordFormat = {
  format: 'lines',
  encoding: 'utf-8',
  delimiter: null,
  header: null,
  bodyStart: 0,
  bodyLine: 1,
}

export const makeLoadOptions = (given: Partial<LoadOptions> = {}): LoadOptions => ({
  to: 'null:',
  format: 'auto',
  encoding: 'auto',
  key: null,
  value: null,
  trim: true,
  command: 'set',
  score: null,
  batch: null,
  maxRejects: '1%',
  invalidBytes: 'reject',
  dryRun: false,
  verify: false,
  spool: false,
  ...given,
})

/** @returns A lease of lines; where they are does not matter to a scripted cursor. */
export const makeLoadLease = (given: Partial<Lease> = {}): Lease =>
  makeLease({
    data: { type: 'batch', firstIndex: 0, payload: new Uint8Array(), format: LINES },
    ...given,
  })

/** Fields that the test wrote down; `null` is JSON `null`. */
export class ScriptedFields implements FieldValues {
  readonly count: number
  readonly #entries: readonly (readonly [name: string, value: string | null])[]

  constructor(fields: Readonly<Record<string, string | null>>) {
    this.#entries = Object.entries(fields)
    this.count = this.#entries.length
  }

  nameOf(at: number): string {
    return this.#entries[at]![0]
  }

  find(name: string): number {
    return this.#entries.findIndex(([known]) => known === name)
  }

  isNull(at: number): boolean {
    return this.#entries[at]![1] === null
  }

  bytesOf(at: number): Buffer {
    return Buffer.from(this.textOf(at))
  }

  startOf(): number {
    return 0
  }

  endOf(at: number): number {
    return this.bytesOf(at).length
  }

  textOf(at: number): string {
    return this.#entries[at]![1] ?? 'null'
  }
}

/** @returns A record whose bytes are its text. */
export function makeRecord(text: string, given: Partial<RecordView> = {}): RecordView {
  const raw = Buffer.from(text)
  return {
    taskIndex: 0,
    index: given.taskIndex ?? 0,
    line: (given.taskIndex ?? 0) + 1,
    byteOffset: 0,
    byteLength: raw.length,
    raw,
    rawStart: 0,
    rawEnd: raw.length,
    text: raw,
    textStart: 0,
    textEnd: raw.length,
    fields: null,
    refusal: null,
    source: null,
    ...given,
  }
}

/** A record's text, `wait` for a read that takes its time, or what is wrong. */
export type ScriptedLine =
  | string
  | { readonly refusal: Refusal; readonly raw?: string; readonly byteLength?: number }
  | { readonly failure: string }

/** Records that the test wrote down, numbered from the lease's first index; `record` is the same object every time. */
export class ScriptedLoadCursor implements LoadCursor {
  readonly record = { ...makeRecord('') }
  failure: LoadCursor['failure'] = null
  endIndex: number | null = null
  totalAhead: number | null = null
  onReadable: (() => void) | null = null
  bytesRead = 0
  isClosed = false
  readonly lease: Lease
  readonly #script: ScriptedLine[]
  #next: number

  constructor(lease: Lease, script: readonly ScriptedLine[]) {
    this.lease = lease
    this.#script = [...script]
    this.#next = lease.first
  }

  next(): 'record' | 'wait' | 'end' {
    if (this.#script[0] === 'wait') return 'wait'
    const step = this.#script.shift()
    if (step === undefined) {
      if (this.lease.end === null) this.endIndex = this.#next
      return 'end'
    }
    if (typeof step === 'object' && 'failure' in step) {
      this.failure = { code: 'E_SRC_IO', message: step.failure }
      this.#script.unshift(step)
      return 'end'
    }
    const text = typeof step === 'string' ? step : (step.raw ?? '')
    const { byteOffset, byteLength } = this.record
    Object.assign(
      this.record,
      makeRecord(text, {
        taskIndex: this.#next,
        byteOffset: byteOffset + byteLength,
        refusal: typeof step === 'string' ? null : step.refusal,
        ...(typeof step === 'object' && step.byteLength !== undefined ? { byteLength: step.byteLength } : {}),
      }),
    )
    this.#next += this.lease.step
    this.bytesRead += text.length
    return 'record'
  }

  /** More can be read: what `next` answered `wait` for. */
  arrive(): void {
    if (this.#script[0] === 'wait') this.#script.shift()
    this.onReadable?.()
  }

  close(): void {
    this.isClosed = true
  }
}
