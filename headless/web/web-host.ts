import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

import type { Access, Handlers } from '../../shared/contract/contract.ts'
import type { ErrorCode } from '../../shared/model/error.ts'
import { answerJson, answerPage, answerRefusal, refusalText, securityHeaders } from './answer.ts'
import { Api } from './api.ts'
import { Connections } from './connections.ts'
import { FailureLimit } from './failure-limit.ts'
import { guard, pathOf } from './guard.ts'
import { findPage, type Pages } from './pages.ts'
import { RefusalLog } from './refusal-log.ts'
import { NOT_FOUND, refusal, type Refusal } from './refusal.ts'
import { digestOf, makeSecret } from './secret.ts'
import { SignIns } from './sign-ins.ts'
import { ticketOf, Views } from './views.ts'
import { WEB_LIMITS, type WebLimits } from './web-limits.ts'

/** The one address at which a page opens its wire. */
const WIRE_PATH = '/api/wire'
/** Only this machine reaches it. */
const ADDRESS = '127.0.0.1'

export interface WebHostOptions {
  readonly handlers: Handlers
  readonly pages: Pages
  /** 0 takes any that is free. */
  readonly port: number
  /** The most that a page may do. */
  readonly access: Access
  /** Told of refused requests, each kind once a minute at most. */
  readonly onRefused: (refused: Refusal, suppressed: number) => void
  readonly limits?: Partial<WebLimits>
  readonly nowMs?: () => number
}

/** The dashboard on a port of this machine. */
export interface WebHost extends AsyncDisposable {
  readonly port: number
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string
  /** Proves to this host that its owner asks. */
  readonly hostToken: string
  /** Connected pages. */
  readonly viewCount: number
  /** @returns An address that signs one browser in, within a minute. */
  makeLink(access?: Access): string
}

/** @throws The system's error when the port cannot be listened on, such as `EADDRINUSE`. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const limits = { ...WEB_LIMITS, ...options.limits }
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    keepAliveTimeout: limits.headersMs,
    maxHeaderSize: limits.headerBytes,
    insecureHTTPParser: false,
    noDelay: true,
  })
  // Bounded by their bytes. A bound on their number would hide those beyond it from the guard.
  server.maxHeadersCount = 0
  await listen(server, options.port)
  return new RunningHost(server, { ...options, limits })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // Exclusive, since a port shared with another program would hand it our callers.
    server.listen({ host: ADDRESS, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

class RunningHost implements WebHost {
  readonly port: number
  readonly hostToken = makeSecret()
  readonly #server: Server
  readonly #authority: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #pages: Pages
  readonly #access: Access
  readonly #signIns: SignIns
  readonly #api: Api
  readonly #views: Views
  readonly #connections: Connections
  readonly #log: RefusalLog

  constructor(server: Server, options: WebHostOptions & { readonly limits: WebLimits }) {
    const { limits, handlers, access, nowMs = () => performance.now() } = options
    this.port = (server.address() as AddressInfo).port
    this.#server = server
    // As browsers write it: without the port that http has by itself.
    this.#authority = new URL(`http://${ADDRESS}:${this.port}`).host
    this.#headers = securityHeaders(this.#authority)
    this.#pages = options.pages
    this.#access = access
    this.#log = new RefusalLog(options.onRefused, nowMs)
    this.#signIns = new SignIns({ nowMs, codeMs: limits.codeMs, ticketMs: limits.ticketMs })
    this.#api = new Api({
      signIns: this.#signIns,
      failures: new FailureLimit(limits.failuresPerMinute, nowMs),
      hostToken: digestOf(this.hostToken),
      access,
      bodyBytes: limits.bodyBytes,
    })
    this.#views = new Views({ handlers, signIns: this.#signIns, limits, nowMs })
    this.#connections = new Connections(server, limits.connections)
    server.on('request', (request, response) => void this.#answer(request, response))
    const refuseExpectation = (request: IncomingMessage, response: ServerResponse): void =>
      this.#refuse({ request, response }, this.#guard(request) ?? EXPECTATION)
    server.on('checkContinue', refuseExpectation)
    server.on('checkExpectation', refuseExpectation)
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head))
    server.on('clientError', (error, socket) => this.#refuseUnreadable(error, socket as Socket))
  }

  get url(): string {
    return `http://${this.#authority}/`
  }

  get viewCount(): number {
    return this.#views.count
  }

  makeLink(access: Access = 'control'): string {
    return linkOf(this.url, this.#signIns.makeCode(this.#access === 'read' ? 'read' : access))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    this.#views.close()
    this.#connections.destroyIdle()
    const timer = setTimeout(() => this.#connections.destroyAll(), CLOSING_MS)
    await closed
    clearTimeout(timer)
  }

  /** Nothing reads or answers a request before this has let it pass. */
  #guard({ method = '', url = '', rawHeaders }: IncomingMessage): Refusal | null {
    return guard({ method, url, rawHeaders }, this.#authority)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = this.#guard(request)
    if (refused !== null) return this.#refuse({ request, response }, refused)
    const path = pathOf(request.url ?? '')
    if (!path.startsWith('/api/')) return this.#answerPage(request, response, path)
    const answer = await this.#api.answer(request, path)
    if ('refused' in answer) this.#refuse({ request, response }, answer.refused)
    else answerJson(response, this.#headers, answer.document)
  }

  #answerPage(request: IncomingMessage, response: ServerResponse, path: string): void {
    const page = findPage(this.#pages, path)
    if (page === undefined) return this.#refuse({ request, response }, NOT_FOUND)
    if (request.method === 'POST') return this.#refuse({ request, response }, ONLY_GET)
    answerPage(response, this.#headers, {
      page,
      isHead: request.method === 'HEAD',
      knownTag: request.headers['if-none-match'],
    })
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => undefined)
    const refused = this.#guard(request) ?? (pathOf(request.url ?? '') === WIRE_PATH ? null : NOT_FOUND)
    if (refused !== null) return this.#refuseSocket(socket, refused)
    const session = this.#api.takeTicket(ticketOf(request))
    if ('status' in session) return this.#refuseSocket(socket, session)
    this.#views.open({ request, socket, head, session }, () => this.#connections.keep(socket))
  }

  #refuse(
    exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
    refused: Refusal,
  ): void {
    this.#note(refused)
    answerRefusal(exchange, this.#headers, refused)
  }

  /** What may be an attack is told; a page that is not there is not. */
  #note(refused: Refusal): void {
    if (TOLD.includes(refused.code)) this.#log.note(refused)
  }

  #refuseSocket(socket: Socket, refused: Refusal): void {
    this.#note(refused)
    if (socket.writable) socket.end(refusalText(this.#headers, refused))
    setTimeout(() => socket.destroy(), CLOSING_MS).unref()
  }

  #refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
    // Reset by the other side: nobody is left to be answered.
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else this.#refuseSocket(socket, UNREADABLE[error.code ?? ''] ?? BAD_REQUEST)
  }
}

/** @returns The address that signs a browser in: what follows `#` is never sent to any server. */
export const linkOf = (url: string, code: string): string => `${url}#code=${code}`

const TOLD: readonly ErrorCode[] = ['E_HOST', 'E_ORIGIN', 'E_AUTH', 'E_LIMIT']
const CLOSING_MS = 2_000
const BAD_REQUEST = refusal(400, 'E_CONFIG', 'this is no request of HTTP/1.1')
const EXPECTATION = refusal(417, 'E_CONFIG', 'no expectation is met here; send the body at once')
const ONLY_GET: Refusal = {
  ...refusal(405, 'E_CONFIG', 'this address takes GET and HEAD'),
  headers: { allow: 'GET, HEAD' },
}
/** By the code of Node's error. */
const UNREADABLE: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: refusal(431, 'E_LIMIT', 'the headers of the request are too long'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: refusal(413, 'E_LIMIT', 'the chunk extensions of the request are too long'),
  ERR_HTTP_REQUEST_TIMEOUT: refusal(408, 'E_LIMIT', 'the request took too long'),
}
