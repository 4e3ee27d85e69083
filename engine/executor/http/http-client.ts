import type { ErrorCode } from '../../../shared/model/error.ts'

/** Where requests go: scheme, host and port, with the connections that are open to it. */
export interface HttpOrigin {
  /** As in a URL: `https://example.com:8443`, lower case, default ports left out. */
  readonly origin: string
  /** `host:port`, the port always given: what caps and rates count. */
  readonly gate: string
  /**
   * True when no connection may be made to a private address: for what a server told us to fetch, as opposed to what
   * the user typed.
   */
  readonly isPublicOnly: boolean
}

export interface HttpHead {
  readonly path: string
  readonly method: 'GET' | 'HEAD'
  /** Names and values in turn; `host` and `connection` are added by the client. */
  readonly headers: readonly string[]
  /** Open a connection for it, though unused ones are there: they may be dead like the last one was. */
  readonly needsFresh: boolean
}

export interface ResponseHeaders {
  readonly fields: number
  /** @param name In lower case. @returns The value, repeated ones joined by `, `; `null` when absent. */
  get(name: string): string | null
}

export interface HttpFailure {
  readonly code: ErrorCode
  readonly message: string
  /** Whether the same request may well succeed a little later. */
  readonly retryable: boolean
  /** Not the server's fault: descriptors ran out here. The request waits and costs no attempt. */
  readonly isExhausted: boolean
  /** A reused connection was closed before any byte of an answer: the request may be sent again at once. */
  readonly isStale: boolean
}

/**
 * What a request tells its owner, in this order; exactly one of `onEnd` and `onError` comes last unless the exchange
 * is aborted, after which nothing comes. One handler serves one request at a time, and may send the next from
 * within `onEnd` and `onError`.
 */
export interface HttpHandler {
  /** @param connectMs 0 on a connection that was open already. */
  onSent(connectMs: number): void
  onFirstByte(): void
  /** `headers` is valid during the call only. Interim (1xx) responses are not reported. */
  onHeaders(status: number, headers: ResponseHeaders): void
  /** `chunk` is valid during the call only. */
  onData(chunk: Buffer): void
  onEnd(): void
  onError(failure: HttpFailure): void
}

/** A request under way; not to be used after its handler heard the last. */
export interface HttpExchange {
  readonly phase: 'resolve' | 'connect' | 'handshake' | 'head' | 'body'
  /** Bytes that came over the connection for this request, whatever they were. */
  readonly bytesRead: number
  /** Stops the flow of the body until {@link resume}. */
  pause(): void
  resume(): void
  /** Ends the request and its connection; the handler hears nothing more. */
  abort(): void
}

/** The part of HTTP that may be exchanged for a faster one. No promise and no timer a request: the owner times out. */
export interface HttpClient {
  /** @returns The same object for the same origin while it is in use; a look-up, so keep it between requests. */
  originOf(origin: string, gate: string, isPublicOnly: boolean): HttpOrigin
  /** Of the handler's methods only `onSent` may be called before this returns. */
  send(origin: HttpOrigin, head: HttpHead, handler: HttpHandler): HttpExchange
  /** Closes the connections of origins that had no request for `idleMs`; all unused connections when it is 0. */
  closeIdle(idleMs: number): void
  /** Destroys every connection; exchanges under way hear nothing more. */
  close(): void
}
