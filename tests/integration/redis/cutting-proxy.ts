import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What happens to one connection; a direction that is not named passes everything. */
export interface Fate {
  /** Bytes towards the server after which the client is cut off; what was taken before still reaches the server. */
  readonly afterRequestBytes?: number
  /** Bytes towards the client after which it is cut off. */
  readonly afterReplyBytes?: number
  /** After so many bytes towards the client, these are sent instead of the rest. */
  readonly insteadOfRest?: { readonly afterReplyBytes: number; readonly bytes: Buffer }
  /** The connection stays, but nothing more arrives at the client. */
  readonly silentAfterReplyBytes?: number
  readonly onSilent?: () => void
  /** Bytes towards the client that nobody asked for, after so many that were. */
  readonly extra?: { readonly afterReplyBytes: number; readonly bytes: Buffer }
}

export interface CuttingProxy {
  readonly port: number
  /** Connections so far. */
  readonly connections: number
  stop(): Promise<void>
}

/**
 * Stands before a server and cuts connections as a network would: the client sees its connection end, while the server
 * keeps the other half open until it is closed there, and executes what it was given.
 */
export async function startCuttingProxy(
  serverPort: number,
  fateOf: (connection: number) => Fate | null,
): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer(client => {
    const fate = fateOf(connections) ?? {}
    connections += 1
    const upstream = connect(serverPort, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    let [requested, replied] = [0, 0]
    client.on('data', bytes => {
      const left = (fate.afterRequestBytes ?? Infinity) - requested
      requested += bytes.length
      upstream.write(bytes.length <= left ? bytes : bytes.subarray(0, Math.max(0, left)))
      if (bytes.length > left) client.destroy()
    })
    upstream.on('data', bytes => {
      if (client.destroyed) return
      const { insteadOfRest, extra } = fate
      if (replied + bytes.length > (fate.silentAfterReplyBytes ?? Infinity)) return fate.onSilent?.()
      const left = (fate.afterReplyBytes ?? insteadOfRest?.afterReplyBytes ?? Infinity) - replied
      const isExtraDue =
        extra && replied < extra.afterReplyBytes && replied + bytes.length >= extra.afterReplyBytes
      replied += bytes.length
      client.write(bytes.length <= left ? bytes : bytes.subarray(0, Math.max(0, left)))
      if (isExtraDue) client.write(extra.bytes)
      if (bytes.length > left && insteadOfRest) client.write(insteadOfRest.bytes)
      else if (bytes.length > left) client.destroy()
    })
    upstream.on('close', () => client.destroy())
    client.on('end', () => upstream.end())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
