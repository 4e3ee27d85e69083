import { STREAM_PHASES } from '../model/task-stream.ts'

const [CPU, CONNECT, FIRST_BYTE, BODY, OTHER] = STREAM_PHASES.keys()

/** Most pieces of a span. */
export const PIECES = 6
/** Which phase each piece is of, as a position in {@link STREAM_PHASES}, in the order in which they happen. */
export const PIECE_PHASE: readonly number[] = [CPU!, OTHER!, CONNECT!, FIRST_BYTE!, BODY!, OTHER!]

/** Milliseconds of the phases of one span. */
export interface PhaseLengths {
  readonly cpuMs: number
  readonly connectMs: number
  readonly firstByteMs: number
  readonly bodyMs: number
}

/**
 * Where the pieces of a span end. What no phase accounts for lies before the request, where an answer began, and else
 * behind all that is known: a request that was never answered.
 *
 * @param ends {@link PIECES} times, rising, the last of them `endMs`.
 */
export function pieceEnds(phases: PhaseLengths, startMs: number, endMs: number, ends: Float64Array): void {
  const cpuMs = lengthOf(phases.cpuMs)
  const connectMs = lengthOf(phases.connectMs)
  const firstByteMs = lengthOf(phases.firstByteMs)
  const bodyMs = lengthOf(phases.bodyMs)
  const restMs = Math.max(0, endMs - startMs - cpuMs - connectMs - firstByteMs - bodyMs)
  let atMs = Math.min(endMs, startMs + cpuMs)
  ends[0] = atMs
  if (firstByteMs > 0) atMs = Math.min(endMs, atMs + restMs)
  ends[1] = atMs
  ends[2] = atMs = Math.min(endMs, atMs + connectMs)
  ends[3] = atMs = Math.min(endMs, atMs + firstByteMs)
  ends[4] = Math.min(endMs, atMs + bodyMs)
  ends[5] = endMs
}

/** Absent is NaN. */
const lengthOf = (ms: number): number => (ms > 0 ? ms : 0)
