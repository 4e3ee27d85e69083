import { join } from 'node:path'

import { utilityProcess, type UtilityProcess } from 'electron'

import { childEnvironment } from '../../engine/pool/child-environment.ts'
import { ErrorTail } from '../../engine/pool/error-tail.ts'
import type { WorkerExit } from '../../engine/pool/worker-link.ts'
import { isLeaving, type Leaving } from '../ipc/leaving.ts'

/** Modules that run in utility processes; each is one role, and named so in the task manager of the system. */
export type Role = 'worker-process' | 'reader' | 'records' | 'table'

export interface UtilityOptions {
  /** Folder of the built modules. */
  readonly folder: string
  readonly role: Role
  readonly argument: string
  readonly execArgv?: readonly string[]
  /** Variables of our own; of the user's environment only what a child needs is passed on. */
  readonly env?: Readonly<Record<string, string>>
}

/** The utility processes of this app: all of them end before it does. */
export class UtilityChildren {
  readonly #living = new Set<UtilityChild>()

  start(options: UtilityOptions): UtilityChild {
    const child = new UtilityChild(options)
    this.#living.add(child)
    child.onExit(() => this.#living.delete(child))
    return child
  }

  /** @returns When none is left. */
  async end(): Promise<void> {
    await Promise.all([...this.#living].map(child => child.end()))
  }
}

/**
 * One utility process. `post` before it is up waits; it leaves in order when it says so or is told to, and is killed
 * otherwise.
 */
export class UtilityChild {
  readonly #process: UtilityProcess
  readonly #errors: ErrorTail
  #isAlive = true

  constructor({ folder, role, argument, execArgv = [], env = {} }: UtilityOptions) {
    this.#process = utilityProcess.fork(join(folder, `${role}.js`), [argument], {
      serviceName: `Interleave ${role}`,
      stdio: ['ignore', 'ignore', 'pipe'],
      execArgv: [...execArgv],
      env: { ...childEnvironment(), ...env },
    })
    this.#errors = new ErrorTail(this.#process.stderr as NodeJS.ReadStream | null)
    this.#process.on('exit', () => (this.#isAlive = false))
    this.#process.on('message', message => {
      // Everything it posted before has arrived.
      if (isLeaving(message)) this.leave()
    })
  }

  /** 0 until it is up. */
  get pid(): number {
    return this.#process.pid ?? 0
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  post(message: unknown): void {
    if (this.#isAlive) this.#process.postMessage(message)
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#process.on('message', message => {
      if (!isLeaving(message)) listener(message)
    })
  }

  onExit(listener: (exit: WorkerExit & { readonly code: number }) => void): void {
    // Which code a killed process leaves with differs between systems and versions: only 0 means something.
    this.#process.on('exit', code =>
      listener({ kind: 'exit', code, detail: `exit code ${code}${this.#errors.suffix}` }),
    )
  }

  /** Lets it end: it does nothing any more. */
  leave(): void {
    this.post({ type: 'utility.leave' } satisfies Leaving)
  }

  kill(): void {
    if (this.#isAlive) this.#process.kill()
  }

  /** @returns When it is gone. */
  end(): Promise<void> {
    if (!this.#isAlive) return Promise.resolve()
    return new Promise(resolve => {
      this.#process.on('exit', () => resolve())
      this.kill()
    })
  }
}
