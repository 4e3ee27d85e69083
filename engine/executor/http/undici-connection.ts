import type { Socket } from 'node:net'
import { Client, type Dispatcher } from 'undici'
import type { ConnectListener, Connector, ConnectTarget } from './connector.ts'
import { describeFailure } from './failures.ts'
import type { HttpExchange, HttpFailure, HttpHandler, HttpHead, ResponseHeaders } from './http-client.ts'
import type { CrawlLimits } from './limits.ts'

export interface UndiciSettings {
  readonly limits: Pick<CrawlLimits, 'headerBytes' | 'headerFields' | 'interimResponses' | 'origins'>
  /** Second net behind the owner's own cap: bytes of a body on the wire. */
  readonly maxResponseBytes: number
  readonly connector: Connector
  readonly nowMs: () => number
  /** A new connection is ready for use. */
  readonly onConnection: () => void
}

/** Whom a connection belongs to: where it goes, and who is told when it is free or gone. */
export interface ConnectionOwner extends ConnectTarget {
  readonly origin: string
  /** `host:port`, for messages. */
  readonly gate: string
  /** The connection ended its request and may take another. */
  released(connection: UndiciConnection): void
  dropped(connection: UndiciConnection): void
}

type RawHeaders = Record<string, string | string[] | undefined>
type Connected = (error: Error | null, socket: Socket | null) => void

/** The headers of the response being read, reused for the next one. */
class CurrentHeaders implements ResponseHeaders {
  fields = 0
  values: RawHeaders = {}

  get(name: string): string | null {
    const value = this.values[name]
    if (value === undefined) return null
    return typeof value === 'string' ? value : value.join(', ')
  }
}

/**
 * One connection of an origin, for one request at a time: an undici `Client`, the handler it calls and the exchange its
 * user holds, all in one object that lives as long as the connection is reused. It is handed on from within
 * the end of a response; undici then writes the next request in the following turn of the loop, once
 * it is sure that the server sent nothing more.
 */
export class UndiciConnection implements HttpExchange, ConnectListener, Dispatcher.DispatchHandler {
  readonly origin: ConnectionOwner
  phase: HttpExchange['phase'] = 'connect'
  isCancelled = false
  readonly #settings: UndiciSettings
  readonly #client: Client
  readonly #options: Dispatcher.DispatchOptions
  readonly #headers = new CurrentHeaders()
  #handler: HttpHandler | null = null
  #controller: Dispatcher.DispatchController | null = null
  #socket: Socket | null = null
  #connected: Connected | null = null
  #connectStartMs = 0
  #connectMs = 0
  /** Whether the last connect failed, so that the request was never written. */
  #hasConnectFailed = false
  #isSending = false
  #isWritten = false
  #hasBytes = false
  #requests = 0
  #interim = 0
  #bytesBefore = 0

  constructor(origin: ConnectionOwner, settings: UndiciSettings) {
    this.origin = origin
    this.#settings = settings
    // undici closes the connection after every HEAD unless it is told not to reset.
    this.#options = { path: '', method: 'GET', headers: [], reset: false }
    this.#client = new Client(origin.origin, {
      connect: (_options, callback) => this.#connect(callback as Connected),
      allowH2: false,
      pipelining: 1,
      maxHeaderSize: settings.limits.headerBytes,
      // Timeouts are looked at by the owner; undici's own would cost a timer a request.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: settings.maxResponseBytes,
    })
  }

  send(head: HttpHead, handler: HttpHandler): void {
    this.#handler = handler
    this.#isWritten = false
    this.#hasBytes = false
    this.#hasConnectFailed = false
    this.#interim = 0
    this.#connectMs = 0
    this.phase = 'connect'
    const options = this.#options
    options.path = head.path
    options.method = head.method
    options.headers = head.headers as string[]
    this.#isSending = true
    this.#client.dispatch(options, this)
    this.#isSending = false
  }

  get bytesRead(): number {
    return (this.#socket?.bytesRead ?? 0) - this.#bytesBefore
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  abort(): void {
    this.#handler = null
    this.isCancelled = true
    this.origin.dropped(this)
    const controller = this.#controller
    this.#controller = null
    if (this.#isWritten && controller !== null && !controller.aborted) controller.abort(ABORTED)
    this.destroy()
  }

  /** Closes the connection; nothing may be under way on it. */
  destroy(): void {
    this.isCancelled = true
    if (this.phase === 'connect' || this.phase === 'handshake') this.#socket?.destroy()
    // Not from within a callback of the client's parser, which goes on when the callback returns.
    queueMicrotask(() => this.#client.destroy(ABORTED, ignore))
  }

  // --- what the connector tells ---

  #connect(callback: Connected): void {
    this.#connected = callback
    this.#connectStartMs = this.#settings.nowMs()
    this.#requests = 0
    this.phase = 'connect'
    this.#settings.connector.connect(this.origin, this)
  }

  onPhase(phase: 'resolve' | 'connect' | 'handshake', socket: Socket | null): void {
    this.phase = phase
    this.#socket = socket
  }

  onConnected(socket: Socket): void {
    this.#socket = socket
    this.#connectMs = this.#settings.nowMs() - this.#connectStartMs
    this.#settings.onConnection()
    const connected = this.#connected
    this.#connected = null
    connected?.(null, socket)
  }

  onFailed(error: Error): void {
    this.#hasConnectFailed = true
    const connected = this.#connected
    this.#connected = null
    connected?.(error, null)
  }

  // --- what undici tells ---

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#isWritten = true
    this.#requests += 1
    this.#bytesBefore = this.#socket?.bytesRead ?? 0
    this.phase = 'head'
    this.#handler?.onSent(this.#connectMs)
  }

  onResponseStarted(): void {
    if (this.#hasBytes) return
    this.#hasBytes = true
    this.#handler?.onFirstByte()
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    const { limits } = this.#settings
    if (status < 200) {
      this.#interim += 1
      if (status < 100 || status === 101)
        this.#fail('E_PROTOCOL', `status ${status} answers no request of ours`)
      else if (this.#interim > limits.interimResponses) {
        this.#fail('E_PROTOCOL', `more than ${limits.interimResponses} interim responses`)
      }
      return
    }
    const fields = ((controller.rawHeaders as readonly Buffer[] | null)?.length ?? 0) / 2
    if (fields > limits.headerFields) {
      this.#fail('E_HEADERS_TOO_LARGE', `${fields} header fields, ${limits.headerFields} are the limit`)
      return
    }
    this.phase = 'body'
    this.#headers.values = headers
    this.#headers.fields = fields
    try {
      this.#handler?.onHeaders(status, this.#headers)
    } catch (error) {
      surface(error)
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    try {
      this.#handler?.onData(chunk)
    } catch (error) {
      surface(error)
    }
  }

  onResponseEnd(): void {
    const handler = this.#handler
    if (handler === null) return
    this.#handler = null
    this.#controller = null
    this.origin.released(this)
    try {
      handler.onEnd()
    } catch (error) {
      surface(error)
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const handler = this.#handler
    if (handler === null) return
    if (this.#isSending) {
      queueMicrotask(() => this.onResponseError(null, error))
      return
    }
    this.#handler = null
    this.#controller = null
    const failure = this.#failureOf(error)
    this.origin.dropped(this)
    this.destroy()
    try {
      handler.onError(failure)
    } catch (thrown) {
      surface(thrown)
    }
  }

  #failureOf(error: Error): HttpFailure {
    const failure = describeFailure(error, {
      phase: this.phase,
      where: this.origin.gate,
      hasBytes: this.#hasBytes,
      isReused: this.#requests > 1,
    })
    // What the last response had behind its end broke the connection before this request was written.
    return this.#isWritten || this.#hasConnectFailed ? failure : { ...failure, isStale: true }
  }

  #fail(code: HttpFailure['code'], what: string): void {
    const handler = this.#handler
    this.abort()
    const message = `the answer of ${this.origin.gate} has ${what}`
    handler?.onError({ code, message, retryable: false, isExhausted: false, isStale: false })
  }
}

const ABORTED = new Error('aborted')
const ignore = (): void => undefined

/** undici would turn what a callback throws into an error of the request: a bug of ours must end the worker instead. */
function surface(error: unknown): void {
  setImmediate(() => {
    throw error
  })
}
