import { randomBytes } from 'node:crypto'

import type { Access, SessionEntry } from '../../shared/contract/contract.ts'
import { JobError, printable } from '../../shared/model/error.ts'
import { digestOf, isSecret, makeSecret } from './secret.ts'

/** More than anybody has open; beyond it the oldest gives way. */
const MOST_SESSIONS = 64
const MOST_CODES = 64
const MOST_TICKETS = 256
const AGENT_CHARACTERS = 200

/** Somebody who is signed in, for as long as the host lives or until it is revoked. */
export interface Session {
  readonly sessionId: string
  readonly access: Access
  readonly since: string
  readonly agent: string
}

interface Once<T> {
  readonly digest: Buffer
  readonly expiresMs: number
  readonly grants: T
}

export interface SignInsOptions {
  readonly nowMs: () => number
  readonly codeMs: number
  readonly ticketMs: number
}

/**
 * Who may talk to a web host.
 *
 * A code is for one browser, a minute long: it is exchanged for a session. A session is proved by its token, and gets
 * tickets, each of which opens one WebSocket. Only digests of codes, tokens and tickets are kept.
 */
export class SignIns {
  readonly #options: SignInsOptions
  readonly #codes: Once<Access>[] = []
  readonly #tickets: Once<Session>[] = []
  readonly #sessions = new Map<string, { readonly digest: Buffer; readonly session: Session }>()
  readonly #revokeListeners: ((sessionId: string) => void)[] = []

  constructor(options: SignInsOptions) {
    this.#options = options
  }

  makeCode(access: Access): string {
    return this.#issue(this.#codes, MOST_CODES, { grants: access, livesMs: this.#options.codeMs })
  }

  /** @returns The session and its token, which is told nobody else; `null` for a code that is wrong, used or too old. */
  redeemCode(code: string, agent: string): { readonly token: string; readonly session: Session } | null {
    const access = this.#redeem(this.#codes, code)
    if (access === null) return null
    const token = makeSecret()
    const session: Session = {
      sessionId: randomBytes(12).toString('base64url'),
      access,
      since: new Date().toISOString(),
      agent: printable(agent.slice(0, AGENT_CHARACTERS)),
    }
    this.#sessions.set(session.sessionId, { digest: digestOf(token), session })
    if (this.#sessions.size > MOST_SESSIONS) this.revoke([...this.#sessions.keys()][0]!)
    return { token, session }
  }

  /** @returns Whose token it is; looks at every session, however early one fits. */
  sessionOf(token: string): Session | null {
    let found: Session | null = null
    for (const { digest, session } of this.#sessions.values()) {
      if (isSecret(token, digest)) found = session
    }
    return found
  }

  makeTicket(session: Session): string {
    return this.#issue(this.#tickets, MOST_TICKETS, { grants: session, livesMs: this.#options.ticketMs })
  }

  /** @returns Whose ticket it was; `null` also when its session was revoked meanwhile. */
  redeemTicket(ticket: string): Session | null {
    const session = this.#redeem(this.#tickets, ticket)
    return session !== null && this.#sessions.has(session.sessionId) ? session : null
  }

  /** @param ownId The session of whoever asks. */
  list(ownId: string): readonly SessionEntry[] {
    return [...this.#sessions.values()].map(({ session }) => ({
      ...session,
      isOwn: session.sessionId === ownId,
    }))
  }

  /** @throws JobError `E_NOT_FOUND`. */
  revoke(sessionId: string): void {
    if (!this.#sessions.delete(sessionId)) {
      throw new JobError('E_NOT_FOUND', `no session ${printable(sessionId)} is signed in`)
    }
    for (const listener of this.#revokeListeners) listener(sessionId)
  }

  /** Adds a listener, told of each session that is over. */
  onRevoked(listener: (sessionId: string) => void): void {
    this.#revokeListeners.push(listener)
  }

  #issue<T>(
    kept: Once<T>[],
    most: number,
    { grants, livesMs }: { readonly grants: T; readonly livesMs: number },
  ): string {
    const secret = makeSecret()
    kept.push({ digest: digestOf(secret), expiresMs: this.#options.nowMs() + livesMs, grants })
    if (kept.length > most) kept.shift()
    return secret
  }

  #redeem<T>(kept: Once<T>[], secret: string): T | null {
    const nowMs = this.#options.nowMs()
    let at = -1
    for (const [position, { digest }] of kept.entries()) {
      if (isSecret(secret, digest)) at = position
    }
    const [found] = at < 0 ? [] : kept.splice(at, 1)
    return found === undefined || found.expiresMs <= nowMs ? null : found.grants
  }
}
