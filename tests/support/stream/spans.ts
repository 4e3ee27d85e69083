import type { SpanColumns } from '../../../shared/stream/span-columns.ts'

/** One task as its worker recorded it; what is not given is nothing. */
export interface TestSpan {
  readonly worker?: number
  readonly lane?: number
  readonly startedAtMs: number
  readonly totalMs: number
  readonly outcome?: number
  readonly attempts?: number
  /** Absent for a last try that nobody measured. */
  readonly laneMs?: number
  readonly cpuMs?: number
  readonly connectMs?: number
  readonly firstByteMs?: number
  readonly bodyMs?: number
}

/** @returns Columns that can grow: `push` appends rows. */
export function spanColumns(most = 4_096) {
  const floats = (): Float32Array => new Float32Array(most)
  const columns = {
    length: 0,
    index: new Uint32Array(most),
    outcome: new Uint8Array(most),
    attempts: new Uint16Array(most),
    worker: new Uint16Array(most),
    lane: new Uint16Array(most),
    startedAtMs: new Float64Array(most),
    totalMs: new Float64Array(most),
    laneMs: floats(),
    cpuMs: floats(),
    connectMs: floats(),
    firstByteMs: floats(),
    bodyMs: floats(),
    push(...spans: readonly TestSpan[]): void {
      for (const span of spans) {
        const { attempts = 1 } = span
        const given = {
          ...{ worker: 0, lane: 0, outcome: 0, cpuMs: 0, connectMs: 0, firstByteMs: 0, bodyMs: 0 },
          laneMs: attempts > 1 ? NaN : span.totalMs,
          ...span,
          attempts,
          index: columns.length,
        }
        for (const [name, value] of Object.entries(given)) columns[name as 'index'][columns.length] = value
        columns.length += 1
      }
    },
  }
  return columns satisfies SpanColumns
}
