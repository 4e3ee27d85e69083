import type { RequestBounds } from '../../shared/model/run.ts'
import type { Pool, Slot } from '../pool/pool.ts'
import type { OpenedRun } from '../records/protocol.ts'
import type { Work, WorkerSetup } from '../worker/protocol.ts'
import { GateKeeper, type GateRequest } from './gate-keeper.ts'
import { boundedWork, mayBeSeveral, policyOf } from './work-of.ts'

interface BoundsParts {
  readonly opened: Pick<OpenedRun, 'parallelism'>
  readonly work: Work
  readonly pool: Pick<Pool, 'slots' | 'sendTo' | 'broadcast'>
  readonly nowMs: () => number
}

/**
 * What bounds the requests of all workers together.
 *
 * Permits and slots are shared out here from the start wherever a second worker may come, so that none is ever on its
 * own with bounds that others have too. A worker that is alone for the whole run keeps to them by itself.
 */
export class Bounds {
  readonly #pool: BoundsParts['pool']
  readonly #keeper: GateKeeper | null
  #work: Work

  constructor({ opened, work, pool, nowMs }: BoundsParts) {
    this.#pool = pool
    this.#work = work
    const policy = policyOf(work)
    const isShared = policy !== null && mayBeSeveral(opened.parallelism)
    this.#keeper = isShared
      ? new GateKeeper(policy, (slot, message) => pool.sendTo(slot, message), nowMs)
      : null
  }

  /** What a worker that is started now has to know. */
  get setup(): Pick<WorkerSetup, 'work' | 'sharedGates' | 'boundsVersion'> {
    return { work: this.#work, sharedGates: this.#keeper !== null, boundsVersion: this.#version }
  }

  /** Other bounds hold from now on, for every worker; means nothing to work without requests. */
  use({ ratePerSec, perHost }: RequestBounds): void {
    const bounds = { ratePerSec, perHost }
    this.#work = boundedWork(this.#work, bounds)
    const policy = policyOf(this.#work)
    if (policy === null) return
    const working = this.#pool.slots.filter(({ state }) => state === 'ready' || state === 'draining')
    this.#keeper?.use(
      policy,
      working.map(({ position }) => position),
    )
    this.#pool.broadcast({ type: 'bounds', version: this.#version, bounds })
  }

  handle({ position }: Slot, request: GateRequest): void {
    this.#keeper?.handle(position, request)
  }

  /** One worker was asked by a host to come back later: the others are told. */
  hold(
    { position: from }: Slot,
    { host, untilMs }: { readonly host: string; readonly untilMs: number },
  ): void {
    for (const { position, state } of this.#pool.slots) {
      if (position !== from && state === 'ready')
        this.#pool.sendTo(position, { type: 'host.hold', host, untilMs })
    }
  }

  lost({ position }: Slot): void {
    this.#keeper?.lost(position)
  }

  close(): void {
    this.#keeper?.close()
  }

  get #version(): number {
    return this.#keeper?.version ?? 0
  }
}
