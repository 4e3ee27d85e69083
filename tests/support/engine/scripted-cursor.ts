import type { RecordCursor, Refusal } from '../../../engine/source/cursor.ts'
import type { Lease } from '../../../engine/worker/protocol.ts'

/** A value, `wait` for a read that takes its time, or what is wrong. */
export type ScriptedRecord = string | { readonly refusal: Refusal } | { readonly failure: string }

/** Records that the test wrote down, numbered from the lease's first index. */
export class ScriptedCursor implements RecordCursor {
  value = ''
  index: number
  line = 0
  refusal: Refusal | null = null
  failure: RecordCursor['failure'] = null
  endIndex: number | null = null
  totalAhead: number | null = null
  onReadable: (() => void) | null = null
  bytesRead = 0
  isClosed = false
  readonly #lease: Lease
  readonly #script: ScriptedRecord[]

  constructor(lease: Lease, script: readonly ScriptedRecord[]) {
    this.#lease = lease
    this.#script = [...script]
    this.index = lease.first - lease.step
  }

  next(): 'record' | 'wait' | 'end' {
    const step = this.#script.shift()
    if (step === 'wait') return 'wait'
    if (step === undefined) {
      if (this.#lease.end === null) this.endIndex = this.index + this.#lease.step
      return 'end'
    }
    if (typeof step === 'object' && 'failure' in step) {
      this.failure = { code: 'E_SRC_IO', message: step.failure }
      this.#script.unshift(step)
      return 'end'
    }
    this.index += this.#lease.step
    this.line += 1
    this.bytesRead += 10
    this.refusal = typeof step === 'string' ? null : step.refusal
    this.value = typeof step === 'string' ? step : ''
    return 'record'
  }

  /** More can be read: what `next` answered `wait` for. */
  arrive(): void {
    this.onReadable?.()
  }

  close(): void {
    this.isClosed = true
  }
}
