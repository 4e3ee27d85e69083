import { fork, type ChildProcess } from 'node:child_process'
import { CarriedProcess, type Child } from './carried-process.ts'
import { childEnvironment } from './child-environment.ts'
import type { FromProcess, ToProcess } from './envelope.ts'
import { ErrorTail } from './error-tail.ts'
import type { LinkKind, WorkerExit } from './worker-link.ts'

interface ForkOptions {
  /** Module that calls `hostWorkers`; told by its argument whether workers run in threads. */
  readonly entry: string
  readonly execArgv: readonly string[]
  /** Variables of our own that each process gets, read when it is started. */
  readonly env?: () => Readonly<Record<string, string>>
}

/** @returns Workers in forked Node processes, the way of hosts without Electron. */
export const makeForkLinks = (options: ForkOptions): LinkKind => ({
  startProcess: ({ isThreaded }) =>
    new CarriedProcess(new ForkedChild(options, isThreaded ? 'threads' : 'main'), { isThreaded }),
})

class ForkedChild implements Child {
  readonly #child: ChildProcess
  readonly #errors: ErrorTail

  constructor(options: ForkOptions, argument: string) {
    this.#child = fork(options.entry, [argument], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...childEnvironment(), ...options.env?.() },
      execArgv: [...options.execArgv],
    })
    this.#errors = new ErrorTail(this.#child.stderr)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  post(message: ToProcess): void {
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  onMessage(listener: (message: FromProcess) => void): void {
    this.#child.on('message', message => listener(message as FromProcess))
  }

  onExit(listener: (exit: WorkerExit) => void): void {
    // A failed start reports `error` and no `exit`; `close` comes after both pipes are drained, messages included.
    this.#child.on('error', error => listener({ kind: 'error', detail: error.message }))
    this.#child.on('close', (code, signal) => listener(this.#exitOf(code, signal)))
  }

  leave(): void {
    // One for threads does not end by itself; it takes the end of its channel for the end of its supervisor.
    if (this.#child.connected) this.#child.disconnect()
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #exitOf(code: number | null, signal: NodeJS.Signals | null): WorkerExit {
    const { suffix } = this.#errors
    if (signal !== null) return { kind: 'signal', detail: `${signal}${suffix}` }
    return { kind: 'exit', detail: `exit code ${code ?? 'unknown'}${suffix}` }
  }
}
