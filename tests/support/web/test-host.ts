import { connect as connectTcp, type Socket } from 'node:net'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { WebSocket, type ClientOptions } from 'ws'

import { readPages, type Pages } from '../../../headless/web/pages.ts'
import type { Refusal } from '../../../headless/web/refusal.ts'
import { SocketWire } from '../../../headless/web/socket-wire.ts'
import { startWebHost, type WebHost, type WebHostOptions } from '../../../headless/web/web-host.ts'
import { connect } from '../../../shared/contract/connect.ts'
import type { Access, Client, Handlers } from '../../../shared/contract/contract.ts'
import { makeHandlers } from '../contract/handlers.ts'

/** A web host over scripted handlers, with a dashboard of three files. */
export interface TestHost extends AsyncDisposable {
  readonly host: WebHost
  readonly port: number
  /** What the host told of refused requests. */
  readonly refusals: Refusal[]
  /** @returns The token of a session. */
  signIn(access?: Access): Promise<string>
  /** @returns A ticket of a new session, or of the session of `token`. */
  getTicket(token?: string): Promise<string>
  /** Opens a WebSocket that has shown a ticket. */
  openSocket(ticket?: string): Promise<WebSocket>
  /** A client of the contract, as a page has it. */
  openClient(token?: string): Promise<{ readonly client: Client; readonly socket: WebSocket }>
}

export type TestHostOptions = Partial<Omit<WebHostOptions, 'handlers' | 'onRefused'>> & {
  readonly handlers?: Partial<Handlers>
}

export async function startTestHost({ handlers = {}, ...options }: TestHostOptions = {}): Promise<TestHost> {
  const refusals: Refusal[] = []
  const host = await startWebHost({
    handlers: makeHandlers(handlers),
    pages: options.pages ?? makePages(),
    port: 0,
    access: 'control',
    onRefused: refused => refusals.push(refused),
    ...options,
  })
  const sockets: WebSocket[] = []
  const post = async (path: string, body: object, token?: string): Promise<Record<string, string>> => {
    const answer = await fetch(`http://127.0.0.1:${host.port}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Record<string, string>
  }
  const signIn = async (access?: Access): Promise<string> =>
    (await post('/api/session', { code: codeOf(host.makeLink(access)) }))['token']!
  const getTicket = async (token?: string): Promise<string> =>
    (await post('/api/ws-ticket', {}, token ?? (await signIn())))['ticket']!
  const openSocket = async (ticket?: string): Promise<WebSocket> => {
    const socket = makeSocket(host.port, ticket ?? (await getTicket()))
    sockets.push(socket)
    await opened(socket)
    return socket
  }
  return {
    host,
    port: host.port,
    refusals,
    signIn,
    getTicket,
    openSocket,
    openClient: async token => {
      const socket = makeSocket(host.port, await getTicket(token))
      sockets.push(socket)
      // Before it opens, since the host's hello comes with the answer to the handshake.
      const wire = new SocketWire(socket, { gatherMs: 0, waitingBytes: 64 * 2 ** 20 })
      await opened(socket)
      return { client: connect(wire), socket }
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.terminate()
      await host[Symbol.asyncDispose]()
    },
  }
}

/** A WebSocket as a page opens it. */
export const makeSocket = (port: number, ticket: string, options: ClientOptions = {}): WebSocket =>
  new WebSocket(`ws://127.0.0.1:${port}/api/wire`, ['interleave.v1', `ticket.${ticket}`], {
    perMessageDeflate: false,
    ...options,
  })

export const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })

/** @returns The code and reason with which the host closes. */
export const closing = (socket: WebSocket): Promise<number> => {
  socket.on('error', () => undefined)
  return new Promise(resolve => socket.once('close', resolve))
}

export const codeOf = (link: string): string => new URL(link).hash.slice('#code='.length)

export const INDEX = '<!doctype html><title>Interleave</title>'

function makePages(): Pages {
  const folder = mkdtempSync(join(tmpdir(), 'interleave-pages-'))
  try {
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), INDEX)
    writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    writeFileSync(join(folder, 'assets', 'index-BvX3k2_q.js'), 'export {}')
    return readPages(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a server answered to bytes that were sent as they are. */
export interface RawAnswer {
  /** 0 when it closed without an answer. */
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/**
 * Sends bytes and reads until the server closes, or `isComplete` is content with what came.
 *
 * @param port Of 127.0.0.1.
 */
export function sendRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  return new Promise(resolve => {
    const socket: Socket = connectTcp({ host: '127.0.0.1', port })
    let text = ''
    const settle = (): void => {
      socket.destroy()
      resolve(parseAnswer(text))
    }
    socket.setEncoding('latin1')
    socket.on('data', (part: string) => {
      text += part
      if (isComplete(text)) settle()
    })
    socket.on('error', settle)
    socket.on('close', settle)
    socket.write(bytes)
  })
}

function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? NaN)
  return text.length >= end + 4 + length
}

function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\r\n')
  const headers = new Map(
    lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: end < 0 ? '' : text.slice(end + 4) }
}

/** @returns A request as bytes; `host` is this server's unless the headers have one. */
export function requestText(
  port: number,
  {
    method = 'GET',
    path = '/',
    headers = [],
    body = '',
  }: {
    readonly method?: string
    readonly path?: string
    readonly headers?: readonly (readonly [string, string])[]
    readonly body?: string
  },
): string {
  const has = (name: string): boolean => headers.some(([each]) => each.toLowerCase() === name)
  const all = [
    ...(has('host') ? [] : [['Host', `127.0.0.1:${port}`] as const]),
    ...headers,
    ...(body === '' || has('content-length')
      ? []
      : [['Content-Length', String(Buffer.byteLength(body))] as const]),
  ]
  return `${method} ${path} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}
