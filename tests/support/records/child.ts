import { spawn, type ChildProcess } from 'node:child_process'
import { execPath } from 'node:process'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** A process of the test's own whose lines can be waited for. */
export class Child {
  readonly process: ChildProcess
  readonly #lines: AsyncIterator<string>
  #errors = ''

  constructor(script: URL, args: readonly string[]) {
    this.process = spawn(execPath, [script.pathname, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.process.stderr!.on('data', data => (this.#errors += String(data)))
    this.#lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]()
    onTestFinished(() => this.kill())
  }

  /** @returns The next line; `null` when the process ended. */
  async line(): Promise<string | null> {
    const { done, value } = await this.#lines.next()
    return done === true ? null : value
  }

  /** Waits for a line that begins so. */
  async until(beginning: string): Promise<string> {
    for (let line = await this.line(); line !== null; line = await this.line())
      if (line.startsWith(beginning)) return line
    throw new Error(`the process ended before it said "${beginning}": ${this.#errors}`)
  }

  /** Kills it as nothing else can, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const exited = once(this.process, 'exit')
    this.process.kill('SIGKILL')
    await exited
  }

  /** @returns The exit code. */
  async exited(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit')
    return this.process.exitCode
  }
}
