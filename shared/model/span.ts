/** Numbers of one span as a worker reports it. */
export const SPAN_WIDTH = 9

/** Positions in a span; times in milliseconds since the run began, NaN where a phase did not happen. */
export const SPAN = {
  index: 0,
  lane: 1,
  outcome: 2,
  startMs: 3,
  connectEndMs: 4,
  firstByteMs: 5,
  bodyEndMs: 6,
  /** CPU milliseconds inside the span. */
  cpuMs: 7,
  endMs: 8,
} as const

/** Numbers of one span in an answer to a view: the worker's {@link SPAN} numbers, then the worker's number. */
export const VIEW_SPAN_WIDTH = SPAN_WIDTH + 1
/** Position of the worker's number in it. */
export const VIEW_SPAN_WORKER = VIEW_SPAN_WIDTH - 1

/** Most spans in one answer. */
export const SPANS_PER_ANSWER = 4_096
