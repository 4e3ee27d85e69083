import type { LinkKind, ProcessLink, WorkerExit, WorkerLink } from '../../../engine/pool/worker-link.ts'
import type { FromWorker, ToWorker } from '../../../engine/worker/protocol.ts'

export class FakeWorker implements WorkerLink {
  readonly received: ToWorker[] = []
  readonly process: FakeProcess
  kills = 0
  #onMessage: ((message: FromWorker) => void) | null = null
  #onExit: ((exit: WorkerExit) => void) | null = null

  constructor(process: FakeProcess) {
    this.process = process
  }

  get pid(): number {
    return this.process.pid
  }

  send(message: ToWorker): void {
    this.received.push(message)
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#onMessage = listener
  }

  onExit(listener: (exit: WorkerExit) => void): void {
    this.#onExit = listener
  }

  kill(): void {
    this.kills += 1
  }

  tell(message: FromWorker): void {
    this.#onMessage?.(message)
  }

  ready(threadId = 0): void {
    this.tell({ type: 'ready', pid: this.pid, threadId })
  }

  /** This worker ends; its process lives on. */
  exit(exit: WorkerExit = { kind: 'exit', detail: 'exit code 1' }): void {
    const onExit = this.#onExit
    this.#onExit = null
    this.#onMessage = null
    onExit?.(exit)
  }
}

export class FakeProcess implements ProcessLink {
  readonly pid: number
  readonly workers: FakeWorker[] = []
  isAlive = true
  kills = 0
  closes = 0

  constructor(pid: number) {
    this.pid = pid
  }

  startWorker(): WorkerLink {
    const worker = new FakeWorker(this)
    this.workers.push(worker)
    return worker
  }

  close(): void {
    this.closes += 1
  }

  kill(): void {
    this.kills += 1
  }

  /** The process ends, and with it every worker in it, told one after the other. */
  die(detail = 'SIGKILL'): void {
    this.isAlive = false
    for (const worker of this.workers) worker.exit({ kind: 'signal', detail })
  }
}

/** Processes that only exist as far as the test says. */
export class FakeLinks implements LinkKind {
  readonly processes: FakeProcess[] = []
  readonly threaded: boolean[] = []

  startProcess({ isThreaded }: { readonly isThreaded: boolean }): ProcessLink {
    const process = new FakeProcess(1_000 + this.processes.length)
    this.processes.push(process)
    this.threaded.push(isThreaded)
    return process
  }

  get latest(): FakeProcess {
    return this.processes.at(-1)!
  }
}
