import type { FromWorker, ToWorker } from '../worker/protocol.ts'
import type { FromProcess, ToProcess } from './envelope.ts'
import type { ProcessLink, WorkerExit, WorkerLink } from './worker-link.ts'

/** A child process that carries workers, whatever kind of process it is. */
export interface Child {
  readonly pid: number
  readonly isAlive: boolean
  /** What cannot be sent any more is lost on purpose: a dead process is told of by its exit. */
  post(message: ToProcess): void
  onMessage(listener: (message: FromProcess) => void): void
  /** Called once; no message follows. */
  onExit(listener: (exit: WorkerExit) => void): void
  /** Lets it end in which no worker is left. */
  leave(): void
  kill(): void
}

/** How long a thread may take to end before its process is killed. */
const THREAD_END_MS = 1_000

/** The workers of one child process: on its main thread, or one in each of its threads. */
export class CarriedProcess implements ProcessLink {
  readonly #child: Child
  readonly #workers = new Map<number, CarriedWorker>()
  readonly #isThreaded: boolean
  #nextWorker = 0

  constructor(child: Child, { isThreaded }: { readonly isThreaded: boolean }) {
    this.#child = child
    this.#isThreaded = isThreaded
    child.onMessage(message => this.#receive(message))
    child.onExit(exit => this.#end(exit))
  }

  get pid(): number {
    return this.#child.pid
  }

  get isAlive(): boolean {
    return this.#child.isAlive
  }

  startWorker(): WorkerLink {
    const number = this.#nextWorker
    this.#nextWorker += 1
    const worker = new CarriedWorker(() => this.pid, {
      send: message => this.#child.post({ type: 'message', worker: number, message }),
      kill: () => this.#killWorker(number),
    })
    this.#workers.set(number, worker)
    this.#child.post({ type: 'start', worker: number })
    return worker
  }

  close(): void {
    this.#child.leave()
  }

  kill(): void {
    this.#child.kill()
  }

  #killWorker(number: number): void {
    if (!this.#isThreaded) return this.kill()
    this.#child.post({ type: 'terminate', worker: number })
    setTimeout(() => {
      if (this.#workers.has(number)) this.kill()
    }, THREAD_END_MS).unref()
  }

  #receive(message: FromProcess): void {
    const worker = this.#workers.get(message.worker)
    if (message.type === 'message') return worker?.receive(message.message)
    this.#workers.delete(message.worker)
    worker?.end({ kind: message.isError ? 'error' : 'exit', detail: message.detail })
  }

  #end(exit: WorkerExit): void {
    for (const worker of this.#workers.values()) worker.end(exit)
    this.#workers.clear()
  }
}

interface Carrier {
  readonly send: (message: ToWorker) => void
  readonly kill: () => void
}

class CarriedWorker implements WorkerLink {
  readonly #pid: () => number
  readonly #carrier: Carrier
  #onMessage: ((message: FromWorker) => void) | null = null
  #onExit: ((exit: WorkerExit) => void) | null = null
  #hasDrained = false

  constructor(pid: () => number, carrier: Carrier) {
    this.#pid = pid
    this.#carrier = carrier
  }

  get pid(): number {
    return this.#pid()
  }

  send(message: ToWorker): void {
    this.#carrier.send(message)
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#onMessage = listener
  }

  onExit(listener: (exit: WorkerExit) => void): void {
    this.#onExit = listener
  }

  kill(): void {
    this.#carrier.kill()
  }

  receive(message: FromWorker): void {
    if (message.type === 'drained') this.#hasDrained = true
    this.#onMessage?.(message)
  }

  end(exit: WorkerExit): void {
    this.#onExit?.(this.#hasDrained ? { kind: 'ended', detail: exit.detail } : exit)
    this.#onExit = null
    this.#onMessage = null
  }
}
