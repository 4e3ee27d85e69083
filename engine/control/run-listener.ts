import { createServer, type Server, type Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { platform } from 'node:process'
import { contract, type CommandName, type Handlers, type StreamName } from '../../shared/contract/contract.ts'
import { serve, type Serving } from '../../shared/contract/serve.ts'
import { JobError } from '../../shared/model/error.ts'
import { inodeOf, makePlace, publish, type SocketPlace } from './live-sockets.ts'
import type { RunDoor } from './run-door.ts'
import { SocketWire } from './socket-wire.ts'

const MOST_CONNECTIONS = 32
/** Nothing that steers a run is longer. */
const MESSAGE_BYTES = 64 * 1_024
/** Whoever connects says so at once. */
const GREETING_MS = 5_000

/**
 * Lets other processes of this user watch and steer one run, over the contract, of which it answers what concerns that
 * run alone.
 */
export class RunListener {
  readonly #server: Server
  readonly #servings = new Map<Socket, Serving>()
  #place: SocketPlace | null = null
  #inode: number | null = null

  private constructor(runId: string, door: () => RunDoor) {
    const handlers = handlersOf(runId, door)
    this.#server = createServer(socket => this.#accept(socket, handlers))
    this.#server.maxConnections = MOST_CONNECTIONS
  }

  /** This process must own the run. @throws JobError or a system error when no socket can be made. */
  static async open(dataDir: string, runId: string, door: () => RunDoor): Promise<RunListener> {
    const listener = new RunListener(runId, door)
    await listener.#listen(makePlace(dataDir, runId))
    return listener
  }

  /** What was sent before still arrives, at whoever reads it within two seconds. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    for (const serving of this.#servings.values()) serving.close()
    this.#unpublish()
    await closed
  }

  async #listen(place: SocketPlace): Promise<void> {
    const isPipe = platform === 'win32'
    // Under a name of its own first: closing a server removes the name it was bound to, whoever has that by then.
    const boundPath = isPipe ? place.path : join(dirname(place.path), `${randomBytes(6).toString('hex')}`)
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(boundPath, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    // A connection that cannot be taken is its caller's trouble.
    this.#server.on('error', () => undefined)
    if (isPipe) return
    publish(boundPath, place)
    this.#place = place
    this.#inode = inodeOf(place.path)
  }

  /** Who resumed the run meanwhile has a socket of that name already. */
  #unpublish(): void {
    if (this.#place === null || inodeOf(this.#place.path) !== this.#inode) return
    rmSync(this.#place.path, { force: true })
    if (this.#place.pointer !== null) rmSync(this.#place.pointer, { force: true })
  }

  #accept(socket: Socket, handlers: Handlers): void {
    const timer = setTimeout(() => socket.destroy(), GREETING_MS)
    socket.once('data', () => clearTimeout(timer))
    const wire = new SocketWire(socket)
    this.#servings.set(socket, serve(handlers, wire, { messageBytes: MESSAGE_BYTES }))
    wire.onClose(() => {
      clearTimeout(timer)
      this.#servings.delete(socket)
    })
  }
}

/** @returns The contract as far as it concerns this run; everything else is refused. */
function handlersOf(runId: string, door: () => RunDoor): Handlers {
  const refuse = async (): Promise<never> => {
    throw new JobError('E_AUTH', `a run answers only what concerns it; ask the host of run ${runId}`)
  }
  const refusing = Object.fromEntries(
    Object.keys(contract).map(name => [name as CommandName | StreamName, refuse]),
  ) as unknown as Handlers
  const assertRun = (wanted: string): void => {
    if (wanted !== runId) throw new JobError('E_NOT_FOUND', `this is run ${runId}, not ${wanted}`)
  }
  return {
    ...refusing,
    'run.stop': async input => {
      assertRun(input.runId)
      await door().stop(input.phase)
      return null
    },
    'run.pause': async input => {
      assertRun(input.runId)
      await door().setPaused(input.isPaused)
      return null
    },
    'run.tune': async input => {
      assertRun(input.runId)
      await door().tune(input.tuning)
      return null
    },
    'run.spans': async input => {
      assertRun(input.runId)
      return door().readSpans(input.from)
    },
    'run.events': (params, port) => {
      assertRun(params.runId)
      door().follow(params.cursor, port, () => port.end())
    },
  }
}
