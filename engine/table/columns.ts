import type { NumberArray } from './number-copier.ts'

const FIRST_ROWS = 4_096

/** Bytes that a row takes in the columns, its texts and the name of its host not counted. */
export const ROW_BYTES = 68

/** Everything of tasks that tables sort, filter and count by; strings stay where they are recorded. */
export class TaskColumns {
  /** Rows in use. */
  length = 0
  index = new Uint32Array(FIRST_ROWS)
  outcome = new Uint8Array(FIRST_ROWS)
  /** Number of its error's code, 0 for none. */
  error = new Uint8Array(FIRST_ROWS)
  /** 0 without one. */
  status = new Uint16Array(FIRST_ROWS)
  attempts = new Uint16Array(FIRST_ROWS)
  worker = new Uint16Array(FIRST_ROWS)
  lane = new Uint16Array(FIRST_ROWS)
  /** Number in the table's host names, 0 for none. */
  host = new Uint32Array(FIRST_ROWS)
  startedAtMs = new Float64Array(FIRST_ROWS)
  totalMs = new Float64Array(FIRST_ROWS)
  /** How long the last try held its lane; NaN where that was not measured. */
  laneMs = new Float32Array(FIRST_ROWS)
  /** What the last try's time went into, 0 or NaN where there was no such thing. */
  cpuMs = new Float32Array(FIRST_ROWS)
  connectMs = new Float32Array(FIRST_ROWS)
  firstByteMs = new Float32Array(FIRST_ROWS)
  bodyMs = new Float32Array(FIRST_ROWS)
  /** NaN where there is none. */
  bodyBytes = new Float64Array(FIRST_ROWS)
  /** Where the row's texts begin in the heap; rises with each row. */
  textStart = new Uint32Array(FIRST_ROWS)
  /** Position in the frame that the row was read from. */
  rowInFrame = new Uint16Array(FIRST_ROWS)
  readonly #mostRows: number

  constructor(mostRows: number) {
    this.#mostRows = mostRows
  }

  /** Makes room for so many rows more. */
  reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.index.length) return
    const rows = Math.max(needed, Math.min(this.index.length * 2, this.#mostRows))
    this.index = larger(this.index, new Uint32Array(rows))
    this.outcome = larger(this.outcome, new Uint8Array(rows))
    this.error = larger(this.error, new Uint8Array(rows))
    this.status = larger(this.status, new Uint16Array(rows))
    this.attempts = larger(this.attempts, new Uint16Array(rows))
    this.worker = larger(this.worker, new Uint16Array(rows))
    this.lane = larger(this.lane, new Uint16Array(rows))
    this.host = larger(this.host, new Uint32Array(rows))
    this.startedAtMs = larger(this.startedAtMs, new Float64Array(rows))
    this.totalMs = larger(this.totalMs, new Float64Array(rows))
    this.laneMs = larger(this.laneMs, new Float32Array(rows))
    this.cpuMs = larger(this.cpuMs, new Float32Array(rows))
    this.connectMs = larger(this.connectMs, new Float32Array(rows))
    this.firstByteMs = larger(this.firstByteMs, new Float32Array(rows))
    this.bodyMs = larger(this.bodyMs, new Float32Array(rows))
    this.bodyBytes = larger(this.bodyBytes, new Float64Array(rows))
    this.textStart = larger(this.textStart, new Uint32Array(rows))
    this.rowInFrame = larger(this.rowInFrame, new Uint16Array(rows))
  }
}

function larger<T extends NumberArray>(before: T, after: T): T {
  after.set(before)
  return after
}
