import { connect as connectSocket, type Socket } from 'node:net'
import { connect } from '../../shared/contract/connect.ts'
import type { Client } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import { findSocket } from './live-sockets.ts'
import type { RunDoor } from './run-door.ts'
import { SocketWire } from './socket-wire.ts'

const CONNECT_MS = 2_000
/** A connection over which nothing was asked for so long is closed. */
const IDLE_MS = 10_000

/** Nobody listens there. */
const NOBODY: readonly unknown[] = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'ENOTSOCK']

interface Owner {
  readonly client: Client
  /** Calls and streams under way. */
  uses: number
  idleTimer: NodeJS.Timeout | null
}

/** Connections to the processes that own runs of this data folder. */
export class Owners {
  readonly #dataDir: string
  readonly #owners = new Map<string, Promise<Owner | null>>()
  #isClosed = false

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  /** Whether there is a connection to the owner of this run already. */
  has(runId: string): boolean {
    return this.#owners.has(runId)
  }

  /**
   * @param runId The full id.
   * @returns The run in its owner's process; `null` when nobody listens for it.
   * @throws JobError `E_AUTH` when its socket is not in a place of this user alone.
   */
  async doorTo(runId: string): Promise<RunDoor | null> {
    if (this.#isClosed) throw new JobError('E_CANCELLED', 'the engine is closed')
    const opening = this.#owners.get(runId) ?? this.#open(runId)
    const owner = await opening
    // It may have closed just now.
    if (this.#owners.get(runId) !== opening) return owner === null ? null : this.doorTo(runId)
    return owner === null ? null : this.#doorOf(runId, owner)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const openings = [...this.#owners.values()]
    this.#owners.clear()
    for (const opening of openings) {
      const owner = await opening.catch(() => null)
      if (owner !== null) this.#letGo(owner)
    }
  }

  /** Kept until it closes; a failure, which whoever waits for it tells, and nobody are not. */
  #open(runId: string): Promise<Owner | null> {
    const forget = (): void => {
      if (this.#owners.get(runId) === opening) this.#owners.delete(runId)
    }
    const opening: Promise<Owner | null> = this.#connect(runId, forget)
    this.#owners.set(runId, opening)
    opening.then(owner => owner === null && forget(), forget)
    return opening
  }

  async #connect(runId: string, onClosed: () => void): Promise<Owner | null> {
    const path = findSocket(this.#dataDir, runId)
    const socket = path === null ? null : await openSocket(path)
    if (socket === null) return null
    const wire = new SocketWire(socket)
    const owner: Owner = { client: connect(wire), uses: 0, idleTimer: null }
    wire.onClose(() => {
      if (owner.idleTimer !== null) clearTimeout(owner.idleTimer)
      onClosed()
    })
    return owner
  }

  #doorOf(runId: string, owner: Owner): RunDoor {
    const { client } = owner
    const use = async <T>(work: () => Promise<T>): Promise<T> => {
      this.#begin(owner)
      try {
        return await work()
      } catch (error) {
        if (!isLost(error)) throw error
        throw new JobError('E_NOT_FOUND', `run ${runId} is not running any more`, { cause: error })
      } finally {
        this.#end(owner)
      }
    }
    return {
      stop: phase => use(async () => void (await client.call('run.stop', { runId, phase }))),
      setPaused: isPaused => use(async () => void (await client.call('run.pause', { runId, isPaused }))),
      tune: tuning => use(async () => void (await client.call('run.tune', { runId, tuning }))),
      readSpans: from => use(() => client.call('run.spans', { runId, from })),
      follow: (cursor, port, onLost) => {
        let hasEnded = false
        let seen = cursor
        const unsubscribe = client.on(
          'run.events',
          { runId, cursor },
          push => {
            seen = push.cursor
            port.push(push, push.event.type === 'tick' ? 'tick' : undefined)
          },
          error => {
            hasEnded = true
            this.#end(owner)
            if (error === null) port.end()
            else if (isLost(error)) onLost(seen)
            else port.fail(error)
          },
        )
        this.#begin(owner)
        port.onClosed(() => {
          if (!hasEnded) this.#end(owner)
          unsubscribe()
        })
      },
    }
  }

  #begin(owner: Owner): void {
    owner.uses += 1
    if (owner.idleTimer !== null) clearTimeout(owner.idleTimer)
    owner.idleTimer = null
  }

  #end(owner: Owner): void {
    owner.uses -= 1
    if (owner.uses > 0) return
    owner.idleTimer = setTimeout(() => this.#letGo(owner), IDLE_MS).unref()
  }

  #letGo({ client, idleTimer }: Owner): void {
    if (idleTimer !== null) clearTimeout(idleTimer)
    client.close()
  }
}

/** The connection closed before the answer. */
const isLost = (error: unknown): boolean => error instanceof JobError && error.code === 'E_CANCELLED'

/** @returns `null` when nobody listens. @throws JobError `E_LIMIT` when the owner does not take the connection. */
function openSocket(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path)
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new JobError('E_LIMIT', `the owner of the run did not answer within ${CONNECT_MS} ms`))
    }, CONNECT_MS)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', error => {
      clearTimeout(timer)
      if (NOBODY.includes((error as { code?: unknown }).code)) resolve(null)
      else reject(new JobError('E_AUTH', `${path}: ${error.message}`, { cause: error }))
    })
  })
}
