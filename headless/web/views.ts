import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

import { WebSocketServer, type WebSocket } from 'ws'

import type { Handlers } from '../../shared/contract/contract.ts'
import { serve } from '../../shared/contract/serve.ts'
import { HIGH_WATER_BYTES } from '../../shared/contract/wire.ts'
import type { Session, SignIns } from './sign-ins.ts'
import { CLOSE, SocketWire } from './socket-wire.ts'
import type { WebLimits } from './web-limits.ts'

/** What both sides name as the WebSocket's protocol; the ticket comes beside it, and never goes back. */
export const SOCKET_PROTOCOL = 'interleave.v1'
const TICKET_PREFIX = 'ticket.'

/** Fragments and chunks of one message: as many as 64 bytes each would make. */
const MOST_PARTS = 4_096
/** Pings a second that a view may send. */
const MOST_PINGS = 32
const LOOK_MS = 1_000

/** @returns The ticket that a request for a WebSocket carries, if it speaks our protocol. */
export function ticketOf({ headers }: IncomingMessage): string | null {
  const names = (headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
  const ticket = names.find(name => name.startsWith(TICKET_PREFIX))
  return ticket === undefined || !names.includes(SOCKET_PROTOCOL) ? null : ticket.slice(TICKET_PREFIX.length)
}

/** A request to become a WebSocket, by somebody who is signed in. */
export interface Handshake {
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly head: Buffer
  readonly session: Session
}

interface View {
  readonly session: Session
  readonly socket: WebSocket
  readonly wire: SocketWire
  /** A pong, or anything else, has come since the last ping. */
  isAlive: boolean
  pings: number
  /** When it began to have too much unread; `null` while it keeps up. */
  slowSinceMs: number | null
}

export interface ViewsParts {
  readonly handlers: Handlers
  readonly signIns: SignIns
  readonly limits: WebLimits
  readonly nowMs: () => number
}

/** The pages that are connected, each over a WebSocket of its own, until they leave or do not keep up. */
export class Views {
  readonly #parts: ViewsParts
  readonly #server: WebSocketServer
  readonly #views = new Set<View>()
  readonly #timers: readonly NodeJS.Timeout[]

  constructor(parts: ViewsParts) {
    this.#parts = parts
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: parts.limits.socketMessageBytes,
      maxFragments: MOST_PARTS,
      maxBufferedChunks: MOST_PARTS,
      autoPong: false,
      handleProtocols: () => SOCKET_PROTOCOL,
    })
    this.#timers = [
      setInterval(() => this.#look(), Math.min(LOOK_MS, parts.limits.slowMs / 4)),
      setInterval(() => this.#ping(), parts.limits.pingMs),
    ]
    parts.signIns.onRevoked(sessionId => {
      for (const view of this.#views) {
        if (view.session.sessionId === sessionId) view.wire.closeWith(CLOSE.refused, 'signed out')
      }
    })
  }

  get count(): number {
    return this.#views.size
  }

  /**
   * Completes the handshake of whoever has shown a ticket; a handshake that is none is refused by `ws`.
   *
   * @param onAccepted Called when the view stays: it is not one too many.
   */
  open({ request, socket, head, session }: Handshake, onAccepted: () => void): void {
    this.#server.handleUpgrade(request, socket, head, opened => {
      if (this.#views.size >= this.#parts.limits.views) {
        opened.on('error', () => undefined)
        opened.close(CLOSE.tryLater, 'too many pages are connected')
        setTimeout(() => opened.terminate(), LOOK_MS).unref()
        return
      }
      onAccepted()
      this.#add(opened, session)
    })
  }

  /** Tells every view that the host goes away. */
  close(): void {
    this.#timers.forEach(clearInterval)
    for (const { wire } of this.#views) wire.closeWith(CLOSE.goingAway, 'the host ends')
  }

  #add(socket: WebSocket, session: Session): void {
    const { limits, handlers, signIns } = this.#parts
    const { gatherMs, waitingBytes, messageBytes } = limits
    const wire = new SocketWire(socket, { gatherMs, waitingBytes })
    const view: View = { session, socket, wire, isAlive: true, pings: 0, slowSinceMs: null }
    this.#views.add(view)
    socket.on('pong', () => (view.isAlive = true))
    socket.on('message', () => (view.isAlive = true))
    socket.on('ping', (data: Buffer) => this.#pong(view, data))
    wire.onClose(() => this.#views.delete(view))
    const own: Handlers = {
      ...handlers,
      'sessions.list': async () => signIns.list(session.sessionId),
      'sessions.revoke': async ({ sessionId }) => {
        signIns.revoke(sessionId)
        return null
      },
    }
    serve(own, wire, { messageBytes, access: session.access })
  }

  #pong(view: View, data: Buffer): void {
    view.isAlive = true
    view.pings += 1
    if (view.pings > MOST_PINGS) view.wire.closeWith(CLOSE.refused, 'too many pings')
    else view.socket.pong(data)
  }

  #ping(): void {
    for (const view of this.#views) {
      if (!view.isAlive) view.socket.terminate()
      else {
        view.isAlive = false
        view.socket.ping()
      }
    }
  }

  #look(): void {
    const { nowMs, limits } = this.#parts
    for (const view of this.#views) {
      view.pings = 0
      if (view.wire.bufferedBytes <= HIGH_WATER_BYTES) view.slowSinceMs = null
      else {
        view.slowSinceMs ??= nowMs()
        if (nowMs() - view.slowSinceMs >= limits.slowMs)
          view.wire.closeWith(CLOSE.tryLater, 'nothing is read')
      }
    }
  }
}
