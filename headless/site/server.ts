import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer, type Answer } from './answers.ts'
import { DEFAULT_LAWS, type SiteLaws } from './laws.ts'
import { RequestLog, type SiteLog } from './log.ts'

/** A target site on loopback; whoever started it disposes of it. */
export interface Site extends AsyncDisposable {
  readonly port: number
  readonly origin: string
  log(): SiteLog
  resetLog(): void
}

/**
 * Serves deterministic pages on a free port of 127.0.0.1:
 *
 * - `/page/<n>` (and `/private/<n>`, which robots.txt disallows): status, latency, size and links by the laws. A query
 *   changes laws for the one address and is carried on by its links: `?latency=uniform:10-90&errors=0.05`.
 * - `/list.txt?count=N` addresses of pages, one a line; other parameters are carried on; `start` is the first page.
 * - `/robots.txt`, `/sitemap.xml`, `/sitemap-index.xml` and its `/sitemap-<k>.xml.gz`.
 * - `/log` what was asked so far, as JSON; DELETE forgets it.
 */
export async function startSite(laws: Partial<SiteLaws> = {}): Promise<Site> {
  const site = new SiteServer({ ...DEFAULT_LAWS, ...laws })
  await site.listen()
  return site
}

class SiteServer implements Site {
  readonly #laws: SiteLaws
  readonly #log = new RequestLog()
  readonly #server: Server
  readonly #timers = new Set<NodeJS.Timeout>()
  origin = ''
  port = 0

  constructor(laws: SiteLaws) {
    this.#laws = laws
    // Clients keep their connections over pauses, and a check of all connections twice a minute costs more than it saves.
    this.#server = createServer(
      {
        keepAliveTimeout: 300_000,
        requestTimeout: 0,
        headersTimeout: 0,
        connectionsCheckingInterval: 3_600_000,
      },
      (request, response) => this.#onRequest(request, response),
    )
  }

  async listen(): Promise<void> {
    this.#server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 })
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as AddressInfo).port
    this.origin = `http://127.0.0.1:${this.port}`
  }

  log(): SiteLog {
    return this.#log.snapshot()
  }

  resetLog(): void {
    this.#log.reset()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const target = request.url ?? '/'
    if (target === '/log') {
      this.#answerLog(request.method, response)
      return
    }
    const count = this.#log.begin(target)
    const reply = answer({
      laws: this.#laws,
      origin: this.origin,
      method: request.method ?? '',
      target,
      count,
    })
    if (reply.latencyMs < 1) this.#send(response, reply)
    else this.#sendLater(response, reply)
  }

  #sendLater(response: ServerResponse, reply: Answer): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#send(response, reply)
    }, Math.round(reply.latencyMs))
    this.#timers.add(timer)
  }

  #send(response: ServerResponse, { status, headers, body }: Answer): void {
    this.#log.end()
    response.writeHead(status, headers)
    if (typeof body === 'string') response.end(body, 'latin1')
    else if (body instanceof Uint8Array) response.end(body)
    else body.pipe(response)
  }

  #answerLog(method: string | undefined, response: ServerResponse): void {
    if (method === 'DELETE') {
      this.#log.reset()
      response.writeHead(204).end()
      return
    }
    response.writeHead(200, ['content-type', 'application/json']).end(JSON.stringify(this.#log.snapshot()))
  }
}
