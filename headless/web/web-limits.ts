/** What one web host grants its callers; tests shorten the times. */
export interface WebLimits {
  /** From the first byte of a connection until its headers are complete. */
  readonly headersMs: number
  /** From the first byte of a request until its last. */
  readonly requestMs: number
  /** How often the two above are looked at. */
  readonly checkMs: number
  readonly headerBytes: number
  readonly bodyBytes: number
  /** Most TCP connections, views included. */
  readonly connections: number
  /** Most views connected at once. */
  readonly views: number
  /** Longest message from a view, on the WebSocket; a message of the contract may take several. */
  readonly socketMessageBytes: number
  /** Longest message of the contract from a view: a piece of an upload and what is around it. */
  readonly messageBytes: number
  /** Pause between two messages to a view; what is to be sent meanwhile goes into one. */
  readonly gatherMs: number
  readonly pingMs: number
  /** How long a view may have more than `HIGH_WATER_BYTES` unread before it is disconnected. */
  readonly slowMs: number
  /** Most bytes that may wait for a view. */
  readonly waitingBytes: number
  readonly codeMs: number
  readonly ticketMs: number
  /** Wrong credentials a minute before they are answered with 429. */
  readonly failuresPerMinute: number
}

export const WEB_LIMITS: WebLimits = {
  headersMs: 5_000,
  requestMs: 10_000,
  checkMs: 1_000,
  headerBytes: 16 * 1_024,
  bodyBytes: 2 ** 20,
  connections: 64,
  views: 16,
  socketMessageBytes: 256 * 1_024,
  messageBytes: 2 * 2 ** 20,
  // 50 messages a second at most.
  gatherMs: 20,
  pingMs: 20_000,
  slowMs: 10_000,
  waitingBytes: 12 * 2 ** 20,
  codeMs: 60_000,
  ticketMs: 30_000,
  failuresPerMinute: 10,
}
