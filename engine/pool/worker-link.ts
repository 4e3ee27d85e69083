import type { FromWorker, ToWorker } from '../worker/protocol.ts'

/** Why a worker is gone. `ended`: it said `drained` and left in order; everything else is a death. */
export interface WorkerExit {
  readonly kind: 'ended' | 'exit' | 'signal' | 'error'
  /** For people: the exit code, signal or message, and the last line of its error output. */
  readonly detail: string
}

/** The supervisor's end of one worker, whatever carries it. */
export interface WorkerLink {
  readonly pid: number
  send(message: ToWorker): void
  onMessage(listener: (message: FromWorker) => void): void
  /** Called once; no message follows. */
  onExit(listener: (exit: WorkerExit) => void): void
  /** Ends the worker at once and without asking; its process too where a thread cannot be ended alone. */
  kill(): void
}

/** One process that carries workers: its main thread is the only one, or it has a thread for each. */
export interface ProcessLink {
  readonly pid: number
  readonly isAlive: boolean
  startWorker(): WorkerLink
  /** Lets a process end in which no worker is left. */
  close(): void
  kill(): void
}

/** How a host makes worker processes: forked processes, or utility processes on the desktop. */
export interface LinkKind {
  startProcess(options: { readonly isThreaded: boolean }): ProcessLink
}
