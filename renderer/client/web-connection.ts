import { connect } from '../../shared/contract/connect.ts'
import type { Access, Client } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import type { Connection } from './host-bridge.ts'
import { isRefusal, type WebSignIn } from './web-sign-in.ts'
import { WebWire } from './web-wire.ts'

/** What a host of this version speaks; the ticket stands beside it. */
const SOCKET_PROTOCOL = 'interleave.v1'
const OPENING_MS = 5_000
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000

/**
 * Keeps one tab connected.
 *
 * `connecting` until the first attempt has ended; `open`; `lost` while it is tried again, a little later each time;
 * `signed-out` once the host refuses the session, which only another code ends.
 */
export class WebConnection {
  readonly #signIn: WebSignIn
  readonly #socketUrl: string
  readonly #listeners = new Set<(connection: Connection) => void>()
  #client: Client = CLOSED_CLIENT
  #state: Connection = 'connecting'
  #access: Access = 'read'
  #waitMs = FIRST_WAIT_MS
  #waiting: ReturnType<typeof setTimeout> | null = null
  #isTrying = false
  #isClosed = false

  /** @param origin Of the page, such as `http://127.0.0.1:8800`. */
  constructor(signIn: WebSignIn, origin: string) {
    this.#signIn = signIn
    this.#socketUrl = `${origin.replace(/^http/, 'ws')}/api/wire`
  }

  get client(): Client {
    return this.#client
  }

  get state(): Connection {
    return this.#state
  }

  /** What the host lets this tab do; known once the connection is open. */
  get access(): Access {
    return this.#access
  }

  onChange(listener: (connection: Connection) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Tries now, unless it is open or being tried. @returns When that has ended, well or not. */
  async open(): Promise<void> {
    if (this.#isTrying || this.#isClosed || this.#state === 'open') return
    this.#isTrying = true
    if (this.#waiting !== null) clearTimeout(this.#waiting)
    this.#waiting = null
    try {
      const { ticket, access } = await this.#signIn.getTicket()
      this.#access = access
      const socket = await openSocket(this.#socketUrl, ticket)
      if (this.#isClosed) socket.close()
      else this.#use(socket)
    } catch (error) {
      if (isRefusal(error)) this.#become('signed-out')
      else this.#tryLater()
    } finally {
      this.#isTrying = false
    }
  }

  /** Tries now instead of later: somebody looks at the page again, or the code is a new one. */
  hurry(): void {
    this.#waitMs = FIRST_WAIT_MS
    void this.open()
  }

  /** Disconnects for good. */
  close(): void {
    this.#isClosed = true
    if (this.#waiting !== null) clearTimeout(this.#waiting)
    this.#client.close()
  }

  #use(socket: WebSocket): void {
    const wire = new WebWire(socket)
    this.#client = connect(wire)
    this.#waitMs = FIRST_WAIT_MS
    this.#become('open')
    wire.onClose(() => this.#tryLater())
  }

  #tryLater(): void {
    if (this.#isClosed) return
    this.#become('lost')
    // Half of it by chance, so that several tabs do not come at once.
    const waitMs = this.#waitMs * (0.5 + Math.random() / 2)
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS)
    this.#waiting = setTimeout(() => void this.open(), waitMs)
  }

  #become(state: Connection): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}

function openSocket(url: string, ticket: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    // In a subprotocol, since addresses end up in logs; a page cannot set other headers.
    const socket = new WebSocket(url, [SOCKET_PROTOCOL, `ticket.${ticket}`])
    const fail = (): void => {
      clearTimeout(timer)
      reject(new JobError('E_CONNECT', 'the host does not open a WebSocket'))
    }
    const timer = setTimeout(() => {
      socket.close()
      fail()
    }, OPENING_MS)
    socket.onclose = fail
    socket.onopen = () => {
      clearTimeout(timer)
      socket.onclose = null
      resolve(socket)
    }
  })
}

const closed = (): JobError => new JobError('E_CANCELLED', 'the connection to the host is closed')

/** Stands in until there is a connection, and behaves as one that is lost. */
const CLOSED_CLIENT: Client = {
  call: () => Promise.reject(closed()),
  on: () => {
    throw closed()
  },
  close: () => undefined,
}
