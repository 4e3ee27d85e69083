import type { ProcessLink, WorkerLink } from './worker-link.ts'

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

/** How a worker's death is to be taken. */
export interface Death {
  readonly isExplained: boolean
  readonly hadProgress: boolean
}

/** A process, or the place of one that is to be started again. */
export interface Carrier {
  link: ProcessLink | null
  readonly members: Member[]
  /** Of its workers, since the process died; told one by one. */
  readonly deaths: Death[]
}

export interface Member {
  readonly slot: Slot
  readonly carrier: Carrier
  link: WorkerLink | null
  lastHeardMs: number
  restart: NodeJS.Timeout | null
  /** Told to go: nobody takes its place. */
  isLeaving: boolean
}

/** The slots of a pool by position. Those that are free are given out again, lowest first, so that numbers stay small. */
export class Slots {
  readonly #free: Slot[] = []
  #made = 0

  take(): Slot {
    const slot = this.#free.shift() ?? this.#make()
    // Its first start is no restart.
    slot.restarts = -1
    slot.state = 'starting'
    return slot
  }

  #make(): Slot {
    this.#made += 1
    return makeSlot(this.#made - 1)
  }

  give(slot: Slot): void {
    this.#free.push(slot)
    this.#free.sort((a, b) => a.position - b.position)
  }
}

export const makeMember = (slot: Slot, carrier: Carrier): Member => ({
  slot,
  carrier,
  link: null,
  lastHeardMs: 0,
  restart: null,
  isLeaving: false,
})

const makeSlot = (position: number): Slot => ({
  worker: position + 1,
  position,
  state: 'starting',
  pid: 0,
  threadId: 0,
  restarts: -1,
  incarnation: 0,
})
