import type { IncomingMessage } from 'node:http'

import * as z from 'zod'

import type { Access } from '../../shared/contract/contract.ts'
import type { FailureLimit } from './failure-limit.ts'
import { readJson } from './json-body.ts'
import { NOT_FOUND, refusal, type Refusal } from './refusal.ts'
import { isSecret } from './secret.ts'
import type { Session, SignIns } from './sign-ins.ts'

export type ApiAnswer = { readonly document: object } | { readonly refused: Refusal }

export interface ApiParts {
  readonly signIns: SignIns
  readonly failures: FailureLimit
  /** Digest of the token by which the owner of this host asks for codes. */
  readonly hostToken: Buffer
  /** The most that anybody may get. */
  readonly access: Access
  readonly bodyBytes: number
}

const secret = z.string().max(100)
const sessionBody = z.strictObject({ code: secret })
const ticketBody = z.strictObject({})
const codeBody = z.strictObject({ access: z.enum(['control', 'read']) })

const UNAUTHORISED = refusal(401, 'E_AUTH', 'not signed in; open the link that interleave serve prints')
const TOO_MANY: Refusal = {
  ...refusal(429, 'E_AUTH', 'too many wrong credentials; try again in a minute'),
  headers: { 'retry-after': '60' },
}
const ONLY_POST: Refusal = {
  ...refusal(405, 'E_CONFIG', 'this address takes POST'),
  headers: { allow: 'POST' },
}
const BAD_BODY = refusal(400, 'E_CONFIG', 'the body of the request is not what this address takes')

/** The few requests that are no part of the contract: they lead to a WebSocket, which carries it. */
export class Api {
  readonly #parts: ApiParts

  constructor(parts: ApiParts) {
    this.#parts = parts
  }

  async answer(request: IncomingMessage, path: string): Promise<ApiAnswer> {
    const routes: Readonly<Record<string, (request: IncomingMessage) => Promise<ApiAnswer>>> = {
      '/api/session': each => this.#openSession(each),
      '/api/ws-ticket': each => this.#giveTicket(each),
      '/api/codes': each => this.#makeCode(each),
    }
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (route === undefined) return { refused: NOT_FOUND }
    return request.method === 'POST' ? route(request) : { refused: ONLY_POST }
  }

  /** @returns Whose ticket a WebSocket was opened with, or why it may not be opened. */
  takeTicket(ticket: string | null): Session | Refusal {
    return (ticket === null ? null : this.#parts.signIns.redeemTicket(ticket)) ?? this.#unauthorised()
  }

  /** A code for a session. */
  async #openSession(request: IncomingMessage): Promise<ApiAnswer> {
    const body = await this.#read(request, sessionBody)
    if ('refused' in body) return body
    const opened = this.#parts.signIns.redeemCode(body.value.code, request.headers['user-agent'] ?? '')
    if (opened === null) return { refused: this.#unauthorised() }
    const { token, session } = opened
    return { document: { token, sessionId: session.sessionId, access: session.access } }
  }

  /** The token of a session for a ticket. */
  async #giveTicket(request: IncomingMessage): Promise<ApiAnswer> {
    const token = bearerOf(request)
    const session = token === null ? null : this.#parts.signIns.sessionOf(token)
    if (session === null) return { refused: this.#unauthorised() }
    const body = await this.#read(request, ticketBody)
    if ('refused' in body) return body
    return { document: { ticket: this.#parts.signIns.makeTicket(session), access: session.access } }
  }

  /** The token of the host for another code. */
  async #makeCode(request: IncomingMessage): Promise<ApiAnswer> {
    const token = bearerOf(request)
    if (token === null || !isSecret(token, this.#parts.hostToken)) return { refused: this.#unauthorised() }
    const body = await this.#read(request, codeBody)
    if ('refused' in body) return body
    const access = this.#parts.access === 'read' ? 'read' : body.value.access
    return { document: { code: this.#parts.signIns.makeCode(access), access } }
  }

  async #read<T>(
    request: IncomingMessage,
    schema: z.ZodType<T>,
  ): Promise<{ readonly value: T } | { readonly refused: Refusal }> {
    const body = await readJson(request, this.#parts.bodyBytes)
    if ('refused' in body) return body
    const parsed = schema.safeParse(body.value)
    return parsed.success ? { value: parsed.data } : { refused: BAD_BODY }
  }

  #unauthorised(): Refusal {
    return this.#parts.failures.fail() ? TOO_MANY : UNAUTHORISED
  }
}

function bearerOf({ headers }: IncomingMessage): string | null {
  return /^Bearer ([\w-]{20,100})$/.exec(headers.authorization ?? '')?.[1] ?? null
}
