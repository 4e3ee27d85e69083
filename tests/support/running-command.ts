import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { RunSummary } from '../../shared/model/run.ts'
import { livingMembers } from './process-group.ts'

/** How a command ended. */
export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; without it there is none. */
  readonly input?: string | Uint8Array
}

/** One line of `--events`. */
export interface EventLine {
  readonly type: string
  readonly [member: string]: unknown
}

/** What is run, and where. */
export interface CommandPlace {
  /** File that Node runs as the command. */
  readonly command: string
  readonly cwd: string
  readonly dataDir: string
  /** A command that has not ended by then is killed with all it started; 0 for none. */
  readonly endTimeoutMs: number
}

/** A running command. It leads a process group of its own, so that its workers are found and ended with it. */
export class RunningCommand {
  readonly pid: number
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''
  readonly #events: EventLine[] = []
  #parsedEnd = 0
  #changed = Promise.withResolvers<void>()
  #hasEnded = false

  constructor(args: readonly string[], place: CommandPlace, options: StartOptions = {}) {
    this.#child = spawn(process.execPath, [place.command, ...args], {
      cwd: place.cwd,
      env: commandEnvironment(place.dataDir, options.env),
      detached: true,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    this.pid = this.#child.pid!
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      this.#wake()
    })
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
      this.#wake()
    })
    this.ended = this.#waitForEnd(place.endTimeoutMs)
    // A command that ends before it has read its input is the test's to judge, not an error of the pipe.
    this.#child.stdin?.on('error', () => undefined).end(options.input)
  }

  /** What the command printed on standard output so far. */
  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Lines of `--events` that came so far. */
  get events(): readonly EventLine[] {
    const end = this.#stdout.lastIndexOf('\n') + 1
    this.#events.push(...(linesOf(this.#stdout.slice(this.#parsedEnd, end)) as EventLine[]))
    this.#parsedEnd = end
    return this.#events
  }

  /** Living processes that the command has started, itself left out. */
  get descendants(): readonly number[] {
    return livingMembers(this.pid).filter(pid => pid !== this.pid)
  }

  /**
   * Waits until `find` finds something in what the command printed.
   *
   * @throws Error when the command ends before.
   */
  async until<T>(find: (command: this) => T | undefined | false): Promise<T> {
    for (;;) {
      const found = find(this)
      if (found !== undefined && found !== false) return found
      if (this.#hasEnded) {
        throw new Error(`the command ended before that:\n${this.#stderr}\n${this.#stdout.slice(-2_000)}`)
      }
      await this.#changed.promise
    }
  }

  /** @returns The first event of this type that `matches`. */
  event(type: string, matches: (event: EventLine) => boolean = () => true): Promise<EventLine> {
    return this.until(({ events }) => events.find(event => event.type === type && matches(event)))
  }

  /** Waits until at least `count` tasks are settled. */
  async settled(count: number): Promise<void> {
    await this.event('tick', tick => {
      const { total, remaining } = tick['tasks'] as RunSummary['tasks']
      return total - remaining >= count
    })
  }

  /** Sends a signal to the supervising process alone. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Kills the command and all it started, at once. */
  killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /** Leaves what it prints from now on in the pipe, as a pager does that nobody scrolls. */
  pauseReading(): void {
    this.#child.stdout!.pause()
  }

  resumeReading(): void {
    this.#child.stdout!.resume()
  }

  /** Closes our end of its standard output, as `| head -1` does. */
  stopReading(): void {
    this.#child.stdout!.destroy()
  }

  async #waitForEnd(endTimeoutMs: number): Promise<Ended> {
    const timer = endTimeoutMs > 0 ? setTimeout(() => this.killGroup(), endTimeoutMs) : undefined
    const [code, signal] = (await once(this.#child, 'close')) as [number | null, NodeJS.Signals | null]
    clearTimeout(timer)
    this.#hasEnded = true
    this.#wake()
    return { code, signal, stdout: this.#stdout, stderr: this.#stderr }
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}

/** @returns JSON Lines parsed; a last line that is not complete yet is left out. */
export const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as unknown)

/** What a command sees of our environment: nothing that would change what it says or where it keeps runs. */
function commandEnvironment(dataDir: string, more: StartOptions['env'] = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR, LC_ALL: 'C.UTF-8', NO_COLOR: '1', INTERLEAVE_DATA_DIR: dataDir, ...more }
}
