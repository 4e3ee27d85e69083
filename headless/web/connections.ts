import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Bounds the connections of a server. Beyond the bound the oldest gives way that is no view, idle ones first: whoever
 * holds connections open without asking anything cannot keep out whoever asks.
 */
export class Connections {
  readonly #most: number
  readonly #idle = new Set<Socket>()
  readonly #busy = new Set<Socket>()
  readonly #views = new Set<Socket>()

  constructor(server: Server, most: number) {
    this.#most = most
    server.on('connection', socket => this.#add(socket))
    server.on('request', ({ socket }, response) => {
      this.#move(socket, this.#busy)
      response.once('close', () => this.#move(socket, this.#idle))
    })
  }

  get count(): number {
    return this.#idle.size + this.#busy.size + this.#views.size
  }

  /** The connection carries a view, which never gives way. */
  keep(socket: Socket): void {
    this.#move(socket, this.#views)
  }

  destroyIdle(): void {
    for (const socket of this.#idle) socket.destroy()
  }

  destroyAll(): void {
    for (const socket of [...this.#idle, ...this.#busy, ...this.#views]) socket.destroy()
  }

  #add(socket: Socket): void {
    socket.once('close', () => this.#remove(socket))
    this.#idle.add(socket)
    if (this.count <= this.#most) return
    const [oldest = socket] = [...firstOf(this.#idle, socket), ...firstOf(this.#busy, socket)]
    this.#remove(oldest)
    oldest.destroy()
  }

  #move(socket: Socket, to: Set<Socket>): void {
    const wasHere = this.#remove(socket)
    if (wasHere) to.add(socket)
  }

  #remove(socket: Socket): boolean {
    // Not lazily: it can be in one of them only, but must be taken out wherever it is.
    return [this.#idle, this.#busy, this.#views].map(set => set.delete(socket)).includes(true)
  }
}

function firstOf(sockets: ReadonlySet<Socket>, except: Socket): readonly Socket[] {
  for (const socket of sockets) if (socket !== except) return [socket]
  return []
}
