import type { HttpClient, HttpExchange, HttpHandler, HttpHead, HttpOrigin } from './http-client.ts'
import { UndiciConnection, type ConnectionOwner, type UndiciSettings } from './undici-connection.ts'

/** An origin with its unused connections, the one used last on top: the others age and are closed by their server. */
class UndiciOrigin implements HttpOrigin, ConnectionOwner {
  readonly origin: string
  readonly gate: string
  readonly isPublicOnly: boolean
  readonly isTls: boolean
  readonly hostname: string
  readonly port: number
  session: Buffer | undefined = undefined
  /** Not in the client's table any more: its connections are not kept. */
  isEvicted = false
  /** Since when no request was seen, in the client's time; 0 until the client looked. */
  idleSinceMs = 0
  isUsed = false
  readonly connections = new Set<UndiciConnection>()
  readonly idle: UndiciConnection[] = []

  constructor(origin: string, gate: string, isPublicOnly: boolean) {
    this.origin = origin
    this.gate = gate
    this.isPublicOnly = isPublicOnly
    this.isTls = origin.startsWith('https:')
    const portAt = gate.lastIndexOf(':')
    this.hostname = gate.slice(0, portAt)
    this.port = Number(gate.slice(portAt + 1))
  }

  get isBusy(): boolean {
    return this.connections.size > this.idle.length
  }

  /** A connection ended its request and may take another. */
  released(connection: UndiciConnection): void {
    this.idle.push(connection)
    if (this.isEvicted) this.closeIdle()
  }

  dropped(connection: UndiciConnection): void {
    this.connections.delete(connection)
  }

  closeIdle(): void {
    for (const connection of this.idle.splice(0)) {
      this.connections.delete(connection)
      connection.destroy()
    }
  }
}

/**
 * HTTP/1.1 over undici, below its pools: connections of an origin are kept in a stack here, because a pool searches all
 * of its connections for each request and queues what finishes in the same turn.
 *
 * As many connections are open to an origin as its users have requests under way. The number of origins is
 * bounded: the one used least recently goes first.
 */
export class UndiciClient implements HttpClient {
  readonly #settings: UndiciSettings
  readonly #origins = new Map<string, UndiciOrigin>()

  constructor(settings: UndiciSettings) {
    this.#settings = settings
  }

  originOf(origin: string, gate: string, isPublicOnly: boolean): HttpOrigin {
    const key = keyOf(origin, isPublicOnly)
    let entry = this.#origins.get(key)
    if (entry === undefined) {
      if (this.#origins.size >= this.#settings.limits.origins) this.#evict()
      entry = new UndiciOrigin(origin, gate, isPublicOnly)
    } else this.#origins.delete(key)
    // Last in the table means used last.
    this.#origins.set(key, entry)
    return entry
  }

  send(origin: HttpOrigin, head: HttpHead, handler: HttpHandler): HttpExchange {
    let entry = origin as UndiciOrigin
    if (entry.isEvicted) entry = this.originOf(entry.origin, entry.gate, entry.isPublicOnly) as UndiciOrigin
    entry.isUsed = true
    let connection = head.needsFresh ? undefined : entry.idle.pop()
    if (connection === undefined) {
      connection = new UndiciConnection(entry, this.#settings)
      entry.connections.add(connection)
    }
    connection.send(head, handler)
    return connection
  }

  closeIdle(idleMs: number): void {
    const now = this.#settings.nowMs()
    for (const [key, entry] of this.#origins) {
      if (entry.isUsed || entry.isBusy) {
        entry.isUsed = false
        entry.idleSinceMs = now
      }
      if (!entry.isBusy && (idleMs === 0 || now - entry.idleSinceMs >= idleMs)) this.#remove(key, entry)
      else if (idleMs === 0) entry.closeIdle()
    }
  }

  close(): void {
    for (const [key, entry] of this.#origins) {
      this.#remove(key, entry)
      for (const connection of [...entry.connections]) connection.abort()
    }
  }

  #evict(): void {
    for (const [key, entry] of this.#origins) {
      if (entry.isBusy) continue
      this.#remove(key, entry)
      return
    }
  }

  #remove(key: string, entry: UndiciOrigin): void {
    entry.isEvicted = true
    this.#origins.delete(key)
    entry.closeIdle()
  }
}

const keyOf = (origin: string, isPublicOnly: boolean): string => (isPublicOnly ? `public ${origin}` : origin)
