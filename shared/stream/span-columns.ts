/** Tasks by row, of which a lane index is made. Rows are only ever appended. */
export interface SpanColumns {
  readonly length: number
  readonly index: Uint32Array
  readonly outcome: Uint8Array
  /** 0 for a task that never began: it has no span. */
  readonly attempts: Uint16Array
  readonly worker: Uint16Array
  readonly lane: Uint16Array
  readonly startedAtMs: Float64Array
  /** From the first try's beginning to the end. */
  readonly totalMs: Float64Array
  /** How long the last try held its lane; NaN where that was not measured. The index writes what it takes it to be. */
  readonly laneMs: Float32Array
  readonly cpuMs: Float32Array
  readonly connectMs: Float32Array
  readonly firstByteMs: Float32Array
  readonly bodyMs: Float32Array
}
