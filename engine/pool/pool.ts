import type { FromWorker, ToWorker, WorkerSetup } from '../worker/protocol.ts'
import { RestartPolicy } from './restart-policy.ts'
import type { LinkKind, ProcessLink, WorkerExit, WorkerLink } from './worker-link.ts'

/** One worker's place in the pool; its worker may be replaced, its number stays. */
export interface Slot {
  /** From 1, for people and records. */
  readonly worker: number
  /** From 0. */
  readonly position: number
  state: 'starting' | 'ready' | 'draining' | 'dead' | 'cooling'
  pid: number
  threadId: number
  restarts: number
  /** Raised at each start: messages of an earlier incarnation cannot arrive, since its link is gone. */
  incarnation: number
}

export interface PoolEvents {
  /** @returns What the worker is to be. */
  readonly setupOf: (slot: Slot) => WorkerSetup
  readonly onReady: (slot: Slot) => void
  readonly onMessage: (slot: Slot, message: FromWorker) => void
  /** @returns Whether the death is explained by a suspected task, and whether the worker had settled anything. */
  readonly onLost: (slot: Slot, exit: WorkerExit) => Death
  /** Restarting does not help any more. */
  readonly onGivenUp: (exit: WorkerExit) => void
  /** Every worker has left after it was told to drain or was killed. */
  readonly onEmpty: () => void
}

export interface PoolShape {
  readonly processes: number
  /** Workers in each process. */
  readonly threads: number
  readonly isThreaded: boolean
}

interface Death {
  readonly isExplained: boolean
  readonly hadProgress: boolean
}

interface Carrier {
  link: ProcessLink | null
  readonly members: Member[]
  /** Of its workers, since the process died; told one by one. */
  readonly deaths: Death[]
}

interface Member {
  readonly slot: Slot
  readonly carrier: Carrier
  link: WorkerLink | null
  lastHeardMs: number
  restart: NodeJS.Timeout | null
}

const HEARTBEAT_CHECK_MS = 1_000
/** A worker may be silent for so long, in milliseconds, unless its work is known to last longer. */
export const HUNG_AFTER_MS = 10_000

/**
 * The workers of one run, in processes that may hold several.
 *
 * A worker that dies is started again in its slot (policy: {@link RestartPolicy}). A process that dies takes its
 * workers with it, which counts as one death. A worker that was not heard of for {@link hungAfterMs} is killed and
 * treated like any death. Once the pool is ending nothing is restarted.
 */
export class Pool {
  readonly slots: readonly Slot[]
  hungAfterMs = HUNG_AFTER_MS
  readonly #links: LinkKind
  readonly #shape: PoolShape
  readonly #events: PoolEvents
  readonly #carriers: Carrier[]
  readonly #members: Member[]
  readonly #policy = new RestartPolicy()
  readonly #nowMs: () => number
  #watch: NodeJS.Timeout | null = null
  #isEnding = false
  #isEmpty = false
  #checkedAtMs = 0

  constructor(links: LinkKind, shape: PoolShape, events: PoolEvents & { readonly nowMs: () => number }) {
    this.#links = links
    this.#shape = shape
    this.#events = events
    this.#nowMs = events.nowMs
    this.#carriers = Array.from({ length: shape.processes }, () => ({ link: null, members: [], deaths: [] }))
    this.#members = this.#carriers.flatMap((carrier, process) => {
      for (let thread = 0; thread < shape.threads; thread += 1) {
        carrier.members.push(makeMember(process * shape.threads + thread, carrier))
      }
      return carrier.members
    })
    this.slots = this.#members.map(member => member.slot)
  }

  start(): void {
    for (const member of this.#members) this.#startWorker(member)
    this.#checkedAtMs = this.#nowMs()
    this.#watch = setInterval(() => this.#killHung(), HEARTBEAT_CHECK_MS)
    this.#watch.unref()
  }

  send(slot: Slot, message: ToWorker): void {
    this.#members[slot.position]?.link?.send(message)
  }

  broadcast(message: ToWorker): void {
    for (const { link } of this.#members) link?.send(message)
  }

  kill(slot: Slot): void {
    this.#members[slot.position]?.link?.kill()
  }

  /** Nothing is restarted from now on; `onEmpty` is called when the last worker has left. */
  end(): void {
    this.#isEnding = true
    for (const member of this.#members) {
      if (member.restart !== null) clearTimeout(member.restart)
      member.restart = null
      member.slot.state = member.link === null ? 'dead' : 'draining'
    }
    this.#checkEmpty()
  }

  /** Ends whatever is left, at once. */
  killAll(): void {
    this.end()
    for (const { link } of this.#carriers) link?.kill()
  }

  close(): void {
    if (this.#watch !== null) clearInterval(this.#watch)
    this.#watch = null
  }

  #startWorker(member: Member): void {
    const { slot, carrier } = member
    member.restart = null
    if (carrier.link?.isAlive !== true) {
      carrier.link = this.#links.startProcess({ isThreaded: this.#shape.isThreaded })
    }
    slot.state = 'starting'
    slot.pid = carrier.link.pid
    slot.threadId = 0
    slot.restarts += 1
    slot.incarnation += 1
    member.lastHeardMs = this.#nowMs()
    const link = carrier.link.startWorker()
    member.link = link
    link.onMessage(message => this.#receive(member, message))
    link.onExit(exit => this.#lose(member, exit))
    link.send({ type: 'setup', setup: this.#events.setupOf(slot) })
  }

  #receive(member: Member, message: FromWorker): void {
    member.lastHeardMs = this.#nowMs()
    if (message.type === 'ready') {
      member.slot.state = this.#isEnding ? 'draining' : 'ready'
      member.slot.pid = message.pid
      member.slot.threadId = message.threadId
      this.#events.onReady(member.slot)
    } else this.#events.onMessage(member.slot, message)
  }

  #lose(member: Member, exit: WorkerExit): void {
    const { slot, carrier } = member
    const isProcessDead = carrier.link?.isAlive !== true
    member.link = null
    slot.state = 'dead'
    // Those of a dead process whose end is told next must not be handed anything in between.
    for (const other of isProcessDead ? carrier.members : [])
      if (other.link !== null) other.slot.state = 'dead'
    const death = this.#events.onLost(slot, exit)
    if (this.#isEnding) return this.#checkEmpty()
    if (!isProcessDead) return this.#restart([member], death, exit)
    carrier.deaths.push(death)
    if (carrier.members.some(({ link }) => link !== null)) return
    const deaths = carrier.deaths.splice(0)
    const merged = {
      isExplained: deaths.some(({ isExplained }) => isExplained),
      hadProgress: deaths.some(({ hadProgress }) => hadProgress),
    }
    this.#restart(
      carrier.members.filter(({ restart }) => restart === null),
      merged,
      exit,
    )
  }

  #restart(members: readonly Member[], { isExplained, hadProgress }: Death, exit: WorkerExit): void {
    const delayMs = isExplained
      ? this.#policy.onExplainedDeath()
      : this.#policy.onDeath(this.#nowMs(), hadProgress)
    if (delayMs === null) return this.#events.onGivenUp(exit)
    for (const member of members) {
      member.slot.state = 'cooling'
      member.restart = setTimeout(() => this.#startWorker(member), delayMs)
    }
  }

  #killHung(): void {
    const nowMs = this.#nowMs()
    const sleptMs = nowMs - this.#checkedAtMs - HEARTBEAT_CHECK_MS
    this.#checkedAtMs = nowMs
    // This process itself was stopped or starved: nobody could be heard, so nobody is judged by it.
    if (sleptMs > HEARTBEAT_CHECK_MS) {
      for (const member of this.#members) member.lastHeardMs = nowMs
      return
    }
    for (const { link, lastHeardMs } of this.#members) {
      if (link !== null && nowMs - lastHeardMs > this.hungAfterMs) link.kill()
    }
  }

  #checkEmpty(): void {
    if (!this.#isEnding || this.#isEmpty || this.#members.some(member => member.link !== null)) return
    this.#isEmpty = true
    this.#events.onEmpty()
  }
}

const makeMember = (position: number, carrier: Carrier): Member => ({
  slot: {
    worker: position + 1,
    position,
    state: 'starting',
    pid: 0,
    threadId: 0,
    restarts: -1,
    incarnation: 0,
  },
  carrier,
  link: null,
  lastHeardMs: 0,
  restart: null,
})
