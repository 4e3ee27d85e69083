import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { app } from './app.ts'
import { loud } from './loud.ts'

const PARENT_PORT = fileURLToPath(new URL('./parent-port.ts', import.meta.url))
/** As Chromium: a process that does not end when asked is killed. */
const KILL_MS = 2_000

interface ForkOptions {
  readonly serviceName?: string
  readonly env?: Readonly<Record<string, string>>
  readonly execArgv?: readonly string[]
  readonly stdio?: readonly string[]
}
const KNOWN = ['serviceName', 'env', 'execArgv', 'stdio']

export const living = new Set<UtilityProcess>()

class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess
  #pid: number | undefined
  #hasExited = false

  constructor(modulePath: string, args: readonly string[], options: ForkOptions) {
    super()
    const { env, execArgv = [], stdio = ['ignore', 'inherit', 'inherit'] } = options
    this.#child = fork(modulePath, [...args], {
      env: { ...(env ?? process.env) },
      execArgv: [...execArgv, '--unhandled-rejections=warn-with-error-code', '--import', PARENT_PORT],
      serialization: 'advanced',
      stdio: [...(stdio as ['ignore', 'pipe', 'pipe']), 'ipc'],
    })
    living.add(this)
    setImmediate(() => {
      if (this.#hasExited) return
      this.#pid = this.#child.pid
      this.emit('spawn')
    })
    this.#child.on('message', message => {
      if (!this.#hasExited) this.emit('message', message)
    })
    // Not `close`: in the real app messages and the exit come on different ways, and the exit may be first.
    this.#child.on('exit', code => {
      this.#hasExited = true
      this.#pid = undefined
      living.delete(this)
      this.emit('exit', code ?? 1)
    })
  }

  get pid(): number | undefined {
    return this.#pid
  }

  /** For the report of leaks. */
  get realPid(): number {
    return this.#child.pid ?? 0
  }

  get stdout(): ChildProcess['stdout'] {
    return this.#child.stdout
  }

  get stderr(): ChildProcess['stderr'] {
    return this.#child.stderr
  }

  postMessage(message: unknown, ...rest: readonly unknown[]): void {
    if (rest.length > 0) throw new Error('the stand-in for electron does not emulate transfers')
    // Electron knows no Buffer: it arrives as what it is made of.
    if (this.#child.connected) this.#child.send(structuredClone(message) as object, () => undefined)
  }

  kill(): boolean {
    if (this.#hasExited) return false
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), KILL_MS)
    this.#child.once('exit', () => clearTimeout(timer))
    return this.#child.kill('SIGTERM')
  }
}

export const utilityProcess = loud('utilityProcess', {
  fork(modulePath: string, args: readonly string[] = [], options: ForkOptions = {}): UtilityProcess {
    if (!app.isReady()) throw new Error('utilityProcess cannot be created before app is ready.')
    if (!existsSync(modulePath)) throw new Error(`there is no module ${modulePath}`)
    const unknown = Object.keys(options).find(name => !KNOWN.includes(name))
    if (unknown !== undefined) throw new Error(`the stand-in for electron does not emulate fork's ${unknown}`)
    if (options.stdio !== undefined && options.stdio[0] !== 'ignore')
      throw new Error('stdin value other than ignore is not supported.')
    return loud('UtilityProcess', new UtilityProcess(modulePath, args, options))
  },
})
