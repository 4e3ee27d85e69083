import type { FromWorker, ToWorker, WorkerSetup } from '../worker/protocol.ts'
import { HangWatch } from './hang-watch.ts'
import { makeMember, Slots, type Carrier, type Death, type Member, type Slot } from './member.ts'
import { RestartPolicy } from './restart-policy.ts'
import type { LinkKind, WorkerExit } from './worker-link.ts'

export type { Slot }

export interface PoolEvents {
  /** @returns What the worker is to be. */
  readonly setupOf: (slot: Slot) => WorkerSetup
  readonly onReady: (slot: Slot) => void
  readonly onMessage: (slot: Slot, message: FromWorker) => void
  /** The pool shrinks: the worker gets nothing new, and is to be told to drain. Its exit is told like any other. */
  readonly onSurplus: (slot: Slot) => void
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

/** A worker may be silent for so long, in milliseconds, unless its work is known to last longer. */
export const HUNG_AFTER_MS = 10_000

/**
 * The workers of one run, in processes that may hold several.
 *
 * A worker that dies is started again in its slot (policy: {@link RestartPolicy}). A process that dies takes its
 * workers with it, which counts as one death. A worker that was not heard of for {@link hungAfterMs} is killed and
 * treated like any death. Once the pool is ending nothing is restarted.
 *
 * The pool may grow and shrink while it lives. Surplus workers leave in their own time; whoever is started meanwhile
 * gets another slot, and another process where the whole process leaves.
 */
export class Pool {
  hungAfterMs = HUNG_AFTER_MS
  readonly #links: LinkKind
  readonly #isThreaded: boolean
  readonly #events: PoolEvents
  readonly #carriers: Carrier[] = []
  readonly #slots = new Slots()
  /** By position; with gaps where workers have left. */
  readonly #members: (Member | undefined)[] = []
  readonly #policy = new RestartPolicy()
  readonly #nowMs: () => number
  readonly #watch: HangWatch
  #isEnding = false
  #isEmpty = false

  constructor(links: LinkKind, shape: PoolShape, events: PoolEvents & { readonly nowMs: () => number }) {
    this.#links = links
    this.#isThreaded = shape.isThreaded
    this.#events = events
    this.#nowMs = events.nowMs
    this.#watch = new HangWatch({
      members: () => this.#all,
      hungAfterMs: () => this.hungAfterMs,
      nowMs: events.nowMs,
    })
    this.#grow(shape.processes, shape.threads)
  }

  /** Workers that have not left, by position. */
  get slots(): Slot[] {
    return this.#all.map(({ slot }) => slot)
  }

  start(): void {
    this.#watch.start()
    for (const member of this.#all) this.#startWorker(member)
  }

  /** Starts what is missing and lets go what is too much: the newest processes, and the newest threads of each. */
  resize(processes: number, threads: number): void {
    if (this.#isEnding) return
    for (const member of this.#surplus(processes, threads)) this.#dismiss(member)
    const added = this.#grow(processes, threads)
    if (this.#watch.isOn) for (const member of added) this.#startWorker(member)
  }

  /** @returns Who would go if the pool had this size. */
  surplusOf(processes: number, threads: number): Slot[] {
    return this.#surplus(processes, threads).map(({ slot }) => slot)
  }

  send({ position }: Slot, message: ToWorker): void {
    this.sendTo(position, message)
  }

  /** Nothing happens when the worker in this position has left. */
  sendTo(position: number, message: ToWorker): void {
    this.#members[position]?.link?.send(message)
  }

  broadcast(message: ToWorker): void {
    for (const { link } of this.#all) link?.send(message)
  }

  kill({ position }: Slot): void {
    this.#members[position]?.link?.kill()
  }

  /** Nothing is restarted from now on; `onEmpty` is called when the last worker has left. */
  end(): void {
    this.#isEnding = true
    for (const member of this.#all) {
      this.#cancelRestart(member)
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
    this.#watch.stop()
  }

  get #all(): Member[] {
    return this.#members.filter(member => member !== undefined)
  }

  #surplus(processes: number, threads: number): Member[] {
    return this.#carriers.filter(isStaying).flatMap(({ members }, at) => {
      const staying = members.filter(({ isLeaving }) => !isLeaving)
      return staying.slice(at < processes ? threads : 0)
    })
  }

  /** @returns Who was added, not started yet. */
  #grow(processes: number, threads: number): Member[] {
    const staying = this.#carriers.filter(isStaying)
    for (let count = staying.length; count < processes; count += 1) {
      const carrier: Carrier = { link: null, members: [], deaths: [] }
      this.#carriers.push(carrier)
      staying.push(carrier)
    }
    const added: Member[] = []
    for (const carrier of staying.slice(0, processes)) {
      const present = carrier.members.filter(({ isLeaving }) => !isLeaving).length
      for (let count = present; count < threads; count += 1) added.push(this.#add(carrier))
    }
    return added
  }

  #add(carrier: Carrier): Member {
    const member = makeMember(this.#slots.take(), carrier)
    this.#members[member.slot.position] = member
    carrier.members.push(member)
    return member
  }

  #dismiss(member: Member): void {
    member.isLeaving = true
    this.#cancelRestart(member)
    member.slot.state = 'draining'
    this.#events.onSurplus(member.slot)
    if (member.link === null) this.#remove(member)
  }

  #remove({ slot, carrier }: Member): void {
    this.#members[slot.position] = undefined
    this.#slots.give(slot)
    carrier.members.splice(
      carrier.members.findIndex(member => member.slot === slot),
      1,
    )
    if (carrier.members.length > 0) return
    this.#carriers.splice(this.#carriers.indexOf(carrier), 1)
    carrier.link?.close()
  }

  #cancelRestart(member: Member): void {
    if (member.restart !== null) clearTimeout(member.restart)
    member.restart = null
  }

  #startWorker(member: Member): void {
    const { slot, carrier } = member
    member.restart = null
    if (carrier.link?.isAlive !== true) {
      carrier.link = this.#links.startProcess({ isThreaded: this.#isThreaded })
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
    const { slot } = member
    member.lastHeardMs = this.#nowMs()
    if (message.type === 'ready') {
      slot.state = this.#isEnding || member.isLeaving ? 'draining' : 'ready'
      slot.pid = message.pid
      slot.threadId = message.threadId
      this.#events.onReady(slot)
    } else this.#events.onMessage(slot, message)
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
    if (member.isLeaving) this.#remove(member)
    if (this.#isEnding) return this.#checkEmpty()
    if (isProcessDead) return this.#loseProcess(carrier, member.isLeaving ? [] : [death], exit)
    if (!member.isLeaving) this.#restart([member], death, exit)
  }

  /** One of the workers of a process that is gone was told of; they are started again together. */
  #loseProcess(carrier: Carrier, deaths: readonly Death[], exit: WorkerExit): void {
    carrier.deaths.push(...deaths)
    if (carrier.deaths.length === 0 || carrier.members.some(({ link }) => link !== null)) return
    const all = carrier.deaths.splice(0)
    const merged = {
      isExplained: all.some(({ isExplained }) => isExplained),
      hadProgress: all.some(({ hadProgress }) => hadProgress),
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

  #checkEmpty(): void {
    if (!this.#isEnding || this.#isEmpty || this.#all.some(member => member.link !== null)) return
    this.#isEmpty = true
    for (const { link } of this.#carriers) link?.close()
    this.#events.onEmpty()
  }
}

/** Whether the process is to go on, with some of its workers at least. */
const isStaying = ({ members }: Carrier): boolean => members.some(({ isLeaving }) => !isLeaving)
