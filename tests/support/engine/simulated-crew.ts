import { join } from 'node:path'
import { SettledBitmap } from '../../../engine/journal/settled-bitmap.ts'
import type { Planner } from '../../../engine/plan/planner.ts'
import type { Supply } from '../../../engine/plan/supply.ts'
import type { Slot } from '../../../engine/pool/pool.ts'
import { Casualties } from '../../../engine/run/casualties.ts'
import { Dispatcher } from '../../../engine/run/dispatcher.ts'
import { LeaseBook } from '../../../engine/run/lease-book.ts'
import { isSettled } from '../../../engine/source/settled.ts'
import type { Lease } from '../../../engine/worker/protocol.ts'
import { StartsFile } from '../../../engine/worker/starts-file.ts'
import { makeSlot } from './slot.ts'

export interface CrewShape {
  readonly processes: number
  readonly threads: number
  readonly permits: number
  readonly isShared: boolean
  readonly plannerOf: (supply: Supply, settled: SettledBitmap, workers: number) => Planner
  /** Everything is in it before the crew starts. */
  readonly supply: Supply
  readonly poison: ReadonlySet<number>
  readonly random: () => number
  readonly directory: string
}

interface Held {
  readonly lease: Lease
  readonly unread: number[]
  readonly settled: number[]
  open: number
}

interface SimulatedWorker {
  readonly slot: Slot
  held: Held[]
  /** Lane of each task in flight. */
  inFlight: Map<number, { readonly lane: number; readonly held: Held }>
  starts: StartsFile
  startsPath: string
  hasAsked: boolean
}

/** Who was killed by which task, and in what company. */
export interface Death {
  readonly index: number
  readonly manner: 'plain' | 'careful' | 'alone'
}

/**
 * Leases, reports and deaths of a run without processes: each {@link step} lets one random thing happen. Everything
 * that must never happen throws.
 */
export class SimulatedCrew {
  readonly settled = new SettledBitmap()
  readonly quarantined: number[] = []
  /** Times each task was settled and reported. */
  readonly reported = new Map<number, number>()
  readonly deaths: Death[] = []
  readonly grants: Lease[] = []
  readonly #shape: CrewShape
  readonly #book: LeaseBook
  readonly #dispatcher: Dispatcher
  readonly #casualties: Casualties
  readonly #workers: SimulatedWorker[]
  #nextPid = 1
  #nextFile = 0

  constructor(shape: CrewShape) {
    this.#shape = shape
    const workers = shape.processes * shape.threads
    this.#book = new LeaseBook(this.settled)
    this.#dispatcher = new Dispatcher({
      planner: shape.plannerOf(shape.supply, this.settled, workers),
      book: this.#book,
      workers: () => workers,
      sizes: () => ({ busyMs: 100, least: shape.permits * 2, leastShare: 1, most: 65_536 }),
      isShared: shape.isShared,
      isOrdered: false,
      throughputOf: () => 50,
      suspicions: {
        struckWithin: span => this.#casualties.struckWithin(span),
        isKept: index => this.#casualties.isKept(index),
      },
      grant: (slot, lease) => this.#receive(this.#workers[slot.position]!, lease),
    })
    this.#casualties = new Casualties(
      {
        book: this.#book,
        dispatcher: this.#dispatcher,
        startsPathOf: slot => this.#workers[slot.position]!.startsPath,
        onStruck: () => undefined,
      },
      [],
    )
    this.#workers = Array.from({ length: workers }, (_, position) => ({
      slot: makeSlot(position, { state: 'starting' }),
      ...this.#newborn(),
    }))
    for (let process = 0; process < shape.processes; process += 1) this.#start(process)
  }

  get strikes(): readonly { readonly index: number; readonly deaths: number }[] {
    return this.#casualties.strikes
  }

  /** One random thing happens: a task starts or ends, or a worker reports. */
  step(): void {
    const worker = this.#workers[Math.floor(this.#shape.random() * this.#workers.length)]!
    const choice = this.#shape.random()
    if (choice < 0.45) this.#startOne(worker)
    else if (choice < 0.9) this.#endOne(worker)
    else this.#report(worker)
  }

  /** Something from outside kills a process; spared while it runs a task alone, which it would be blamed for. */
  killAny(): void {
    const process = Math.floor(this.#shape.random() * this.#shape.processes)
    const isAlone = this.#membersOf(process).some(({ held }) => held.some(({ lease }) => isOne(lease)))
    if (!isAlone) this.#die(process)
  }

  /** A report that was forged or came too late. @returns Whether it was refused. */
  forge(position: number, index: number): boolean {
    const leases = this.grants.flatMap(({ id, attempt }) => [
      { id, attempt, settled: Uint32Array.of(index), endIndex: null },
    ])
    return leases.every(
      part => this.#isOwn(position, part.id, index) || this.#book.apply(position, [part]) === null,
    )
  }

  close(): void {
    this.#dispatcher.close()
    for (const { starts } of this.#workers) starts.close()
  }

  #isOwn(position: number, id: number, index: number): boolean {
    return this.#workers[position]!.held.some(
      ({ lease, unread, settled }) =>
        lease.id === id &&
        (unread.includes(index) || settled.includes(index) || this.#workers[position]!.inFlight.has(index)),
    )
  }

  #strikesOf(index: number): number {
    return this.strikes.find(strike => strike.index === index)?.deaths ?? 0
  }

  #newborn(): Omit<SimulatedWorker, 'slot'> {
    this.#nextFile += 1
    const startsPath = join(this.#shape.directory, `${this.#nextFile}.starts`)
    return { held: [], inFlight: new Map(), starts: new StartsFile(startsPath), startsPath, hasAsked: true }
  }

  #membersOf(process: number): SimulatedWorker[] {
    const { threads } = this.#shape
    return this.#workers.slice(process * threads, (process + 1) * threads)
  }

  #start(process: number): void {
    const pid = this.#nextPid
    this.#nextPid += 1
    for (const worker of this.#membersOf(process)) {
      Object.assign(worker, this.#newborn())
      worker.slot.pid = pid
    }
    for (const { slot } of this.#membersOf(process)) {
      slot.state = 'ready'
      this.#dispatcher.want(slot)
    }
  }

  #receive(worker: SimulatedWorker, lease: Lease): void {
    if (worker.slot.state !== 'ready') throw new Error('a lease went to a worker that is not there')
    const unread: number[] = []
    for (let at = 0, index = lease.first; index < lease.end!; at += 1, index += lease.step) {
      if (lease.settled === null || !isSettled(lease.settled, at)) unread.push(index)
    }
    for (const { held } of this.#workers) {
      for (const other of held) {
        const open = [...other.unread, ...other.settled]
        if (open.some(index => unread.includes(index))) throw new Error('a task was handed out twice')
      }
    }
    for (const { inFlight } of this.#workers) {
      if (unread.some(index => inFlight.has(index))) throw new Error('a task in flight was handed out')
    }
    this.grants.push(lease)
    worker.held.push({ lease, unread, settled: [], open: unread.length })
    worker.hasAsked = false
  }

  #startOne(worker: SimulatedWorker): void {
    const held = worker.held.find(({ unread }) => unread.length > 0)
    if (held !== undefined && worker.inFlight.size < this.#shape.permits) {
      const index = held.unread.shift()!
      if (held.lease.quarantine !== null) {
        this.quarantined.push(index)
        held.settled.push(index)
      } else {
        let lane = 0
        const lanes = [...worker.inFlight.values()].map(task => task.lane)
        while (lanes.includes(lane)) lane += 1
        if (held.lease.careful) worker.starts.note(lane, index)
        worker.inFlight.set(index, { lane, held })
      }
    }
    const unread = worker.held.reduce((sum, each) => sum + each.unread.length, 0)
    if (unread <= 1 && !worker.hasAsked) {
      worker.hasAsked = true
      this.#dispatcher.want(worker.slot)
    }
  }

  #endOne(worker: SimulatedWorker): void {
    const indexes = [...worker.inFlight.keys()]
    if (indexes.length === 0) return
    const index = indexes[Math.floor(this.#shape.random() * indexes.length)]!
    const { held } = worker.inFlight.get(index)!
    if (this.#shape.poison.has(index)) {
      const strikes = this.#strikesOf(index)
      this.#die(Math.floor(worker.slot.position / this.#shape.threads))
      const isAlone = this.#strikesOf(index) > strikes
      this.deaths.push({ index, manner: isAlone ? 'alone' : held.lease.careful ? 'careful' : 'plain' })
      return
    }
    worker.inFlight.delete(index)
    held.settled.push(index)
  }

  #report(worker: SimulatedWorker): void {
    this.#casualties.compose()
    this.#casualties.committed()
    const leases = worker.held.flatMap(({ lease, settled }) =>
      settled.length === 0
        ? []
        : [{ id: lease.id, attempt: lease.attempt, settled: Uint32Array.from(settled), endIndex: null }],
    )
    const indexes = leases.flatMap(({ settled }) => [...settled])
    if (this.#book.apply(worker.slot.position, leases) !== indexes.length)
      throw new Error('a report was refused')
    for (const index of indexes) this.reported.set(index, (this.reported.get(index) ?? 0) + 1)
    for (const held of worker.held) {
      held.open -= held.settled.length
      held.settled.length = 0
    }
    worker.held = worker.held.filter(({ open }) => open > 0)
    if (indexes.length > 0) this.#dispatcher.serveAll()
  }

  #die(process: number): void {
    const members = this.#membersOf(process)
    for (const { slot } of members) slot.state = 'dead'
    for (const worker of members) {
      worker.starts.close()
      worker.held = []
      worker.inFlight = new Map()
    }
    for (const { slot } of members) {
      this.#dispatcher.forget(slot)
      this.#casualties.onLost(slot, 'it died')
      this.#dispatcher.serveAll()
    }
    this.#start(process)
  }
}

/** Whether the lease may hold a task that runs alone. */
const isOne = ({ first, end, careful, attempt }: Lease): boolean =>
  careful && attempt > 2 && end === first + 1
