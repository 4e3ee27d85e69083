import { fork, type ChildProcess } from 'node:child_process'
import type { FromWorker, ToWorker } from '../worker/protocol.ts'
import type { FromProcess, ToProcess } from './envelope.ts'
import type { LinkKind, ProcessLink, WorkerExit, WorkerLink } from './worker-link.ts'

interface ForkOptions {
  /** Module that calls `hostWorkers`; told by its argument whether workers run in threads. */
  readonly entry: string
  readonly execArgv: readonly string[]
  /** Variables of our own that each process gets, read when it is started. */
  readonly env?: () => Readonly<Record<string, string>>
}

/** The variables a worker needs; nothing else of the user's environment reaches it. */
const PASSED_VARIABLES = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TZ',
  'SystemRoot',
  'NODE_EXTRA_CA_CERTS',
  'NODE_COMPILE_CACHE',
]

const ERROR_TAIL_CHARACTERS = 4_096
/** How long a thread may take to end before its process is killed. */
const THREAD_END_MS = 1_000

/** @returns Workers in forked Node processes, the way of hosts without Electron. */
export const makeForkLinks = (options: ForkOptions): LinkKind => ({
  startProcess: ({ isThreaded }) => new ForkedProcess(options, isThreaded),
})

class ForkedProcess implements ProcessLink {
  readonly #child: ChildProcess
  readonly #workers = new Map<number, ForkedWorker>()
  readonly #isThreaded: boolean
  #nextWorker = 0
  #errorTail = ''

  constructor(options: ForkOptions, isThreaded: boolean) {
    this.#isThreaded = isThreaded
    this.#child = fork(options.entry, [isThreaded ? 'threads' : 'main'], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...workerEnvironment(), ...options.env?.() },
      execArgv: [...options.execArgv],
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorTail = (this.#errorTail + text).slice(-ERROR_TAIL_CHARACTERS)
    })
    this.#child.on('message', message => this.#receive(message as FromProcess))
    // A failed start reports `error` and no `exit`; `close` comes after both pipes are drained, messages included.
    this.#child.on('error', error => this.#end({ kind: 'error', detail: error.message }))
    this.#child.on('close', (code, signal) => this.#end(exitOf(code, signal, this.#errorTail)))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  startWorker(): WorkerLink {
    const number = this.#nextWorker
    this.#nextWorker += 1
    const worker = new ForkedWorker(this.pid, {
      send: message => this.#post({ type: 'message', worker: number, message }),
      kill: () => this.#killWorker(number),
    })
    this.#workers.set(number, worker)
    this.#post({ type: 'start', worker: number })
    return worker
  }

  close(): void {
    // One for threads does not end by itself; it takes the end of its channel for the end of its supervisor.
    if (this.#child.connected) this.#child.disconnect()
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #post(message: ToProcess): void {
    // A dead process is told of by its exit; until that arrives, what is sent to it is lost on purpose.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  #killWorker(number: number): void {
    if (!this.#isThreaded) return this.kill()
    this.#post({ type: 'terminate', worker: number })
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

class ForkedWorker implements WorkerLink {
  readonly pid: number
  readonly #carrier: { readonly send: (message: ToWorker) => void; readonly kill: () => void }
  #onMessage: ((message: FromWorker) => void) | null = null
  #onExit: ((exit: WorkerExit) => void) | null = null
  #hasDrained = false

  constructor(
    pid: number,
    carrier: { readonly send: (message: ToWorker) => void; readonly kill: () => void },
  ) {
    this.pid = pid
    this.#carrier = carrier
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

function exitOf(code: number | null, signal: NodeJS.Signals | null, errorTail: string): WorkerExit {
  const lastLine = errorTail.trim().split('\n').at(-1) ?? ''
  const suffix = lastLine === '' ? '' : `: ${lastLine.slice(0, 200)}`
  if (signal !== null) return { kind: 'signal', detail: `${signal}${suffix}` }
  return { kind: 'exit', detail: `exit code ${code ?? 'unknown'}${suffix}` }
}

function workerEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    PASSED_VARIABLES.flatMap(name => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
