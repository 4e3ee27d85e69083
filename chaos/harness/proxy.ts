import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A TCP proxy on loopback whose connections can be cut, delayed and held. Dispose of it. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** Cuts every connection: clients see theirs end; what they had sent still reaches the server. */
  cutAll(): number
  /** Every piece of data takes so long from now on, in milliseconds. */
  delay(ms: number): void
  /** What clients of the present connections send stays here until it is released, also when they are gone by then. */
  hold(): () => void
}

interface Connection {
  readonly client: Socket
  readonly upstream: Socket
  /** Resolves when everything that the client sent so far was passed on. */
  passed: Promise<void>
  held: Promise<void>
}

export async function startProxy(serverPort: number): Promise<Proxy> {
  const connections = new Set<Connection>()
  let delayMs = 0
  const server = createServer({ noDelay: true }, client => {
    const upstream = connect({ port: serverPort, host: '127.0.0.1', noDelay: true })
    const connection = { client, upstream, passed: Promise.resolve(), held: Promise.resolve() }
    connections.add(connection)
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.on('data', bytes => {
      connection.passed = pass(bytes, connection.passed, () => connection.held, upstream)
    })
    let answered = Promise.resolve()
    upstream.on('data', bytes => {
      answered = pass(bytes, answered, () => Promise.resolve(), client)
    })
    client.on('close', () => void connection.passed.then(() => upstream.end()))
    upstream.on('close', () => {
      connections.delete(connection)
      void answered.then(() => client.destroy())
    })
  })
  const pass = async (
    bytes: Buffer,
    before: Promise<void>,
    held: () => Promise<void>,
    to: Socket,
  ): Promise<void> => {
    const dueMs = performance.now() + delayMs
    await before
    await held()
    const leftMs = dueMs - performance.now()
    if (leftMs > 0) await sleep(leftMs)
    if (!to.destroyed) to.write(bytes)
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cutAll() {
      for (const { client } of connections) client.destroy()
      return connections.size
    },
    delay(ms) {
      delayMs = ms
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      for (const connection of connections) connection.held = promise
      return resolve
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const { client, upstream } of connections) {
        client.destroy()
        upstream.destroy()
      }
      await closed
    },
  }
}
