import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTls } from 'node:tls'

/** One accepted connection, as a script sees it. */
export interface ScriptedConnection {
  readonly socket: Socket
  /** From 1, over all connections of the server. */
  readonly number: number
  /** @returns The head of the next request; `null` once the client has closed. */
  readonly request: () => Promise<string | null>
  /** Writes unless the client has gone. @returns Whether more may be written at once. */
  readonly send: (bytes: string | Buffer) => boolean
  /** Resolves when the client has gone. */
  readonly closed: Promise<void>
}

export type Script = (connection: ScriptedConnection) => void | Promise<void>

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number
  /** `http://127.0.0.1:port` */
  readonly origin: string
  /** Connections accepted so far. */
  readonly connections: number
  /** @returns Connections that are open now, seen after what the client closed has arrived. */
  openConnections(): Promise<number>
  /** Heads of the requests that scripts have read, in order. */
  readonly requests: readonly string[]
}

/** A server that says exactly what a script says, however wrong: HTTP servers are too well behaved for that. */
export async function startScriptedServer(
  script: Script,
  tls?: { readonly key: string; readonly cert: string },
): Promise<ScriptedServer> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const accept = (socket: Socket): void => {
    connections += 1
    sockets.add(socket)
    socket.setNoDelay(true)
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
    void closed.then(() => sockets.delete(socket))
    socket.on('error', () => undefined)
    const connection = { socket, number: connections, closed, ...reading(socket, requests) }
    void Promise.resolve(script(connection)).catch((error: unknown) => socket.destroy(error as Error))
  }
  const server: Server = tls === undefined ? createTcp(accept) : createTls(tls, accept)
  if (tls !== undefined) server.on('tlsClientError', () => undefined)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}`,
    get connections() {
      return connections
    },
    requests,
    async openConnections() {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve))
      return sockets.size
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function reading(socket: Socket, requests: string[]): Pick<ScriptedConnection, 'request' | 'send'> {
  let buffered = ''
  let isClosed = false
  let wake: (() => void) | null = null
  socket.on('data', chunk => {
    buffered += chunk.toString('latin1')
    wake?.()
  })
  const close = () => {
    isClosed = true
    wake?.()
  }
  socket.once('end', close).once('close', close)
  return {
    async request() {
      for (;;) {
        const end = buffered.indexOf('\r\n\r\n')
        if (end >= 0) {
          const head = buffered.slice(0, end)
          buffered = buffered.slice(end + 4)
          requests.push(head)
          return head
        }
        if (isClosed) return null
        await new Promise<void>(resolve => (wake = resolve))
      }
    },
    send: bytes => !socket.destroyed && socket.writable && socket.write(bytes),
  }
}

/** @returns A script that answers every request of a connection with the same bytes. */
export const always =
  (answer: string | Buffer): Script =>
  async connection => {
    while ((await connection.request()) !== null) connection.send(answer)
  }

/** @returns A script that answers by path; other paths get a 404. */
export const byPath =
  (answers: Readonly<Record<string, string | Buffer>>): Script =>
  async connection => {
    for (let head = await connection.request(); head !== null; head = await connection.request()) {
      connection.send(answers[head.split(' ')[1]!] ?? response('', { status: '404 Not Found' }))
    }
  }

/** @returns A well-formed response. */
export function response(
  body: string | Buffer,
  options: { readonly status?: string; readonly headers?: readonly string[] } = {},
): Buffer {
  const bytes = Buffer.from(body)
  const head = [
    `HTTP/1.1 ${options.status ?? '200 OK'}`,
    ...(options.headers ?? []),
    `Content-Length: ${bytes.length}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes])
}

/** @returns A redirect. */
export const redirect = (location: string, status = '302 Found'): Buffer =>
  response('', { status, headers: [`Location: ${location}`] })
