import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunSummary } from '../../shared/model/run.ts'
import {
  linesOf,
  RunningCommand,
  type CommandPlace,
  type Ended,
  type StartOptions,
} from './running-command.ts'

/** A folder with inputs, outputs and a data directory, and the commands that run in it. Dispose of it. */
export class CommandFolder implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'interleave-cli-'))
  readonly dataDir = join(this.folder, 'data')
  readonly #running: RunningCommand[] = []
  readonly #place: CommandPlace

  constructor({ command, endTimeoutMs }: Pick<CommandPlace, 'command' | 'endTimeoutMs'>) {
    this.#place = { command, endTimeoutMs, cwd: this.folder, dataDir: this.dataDir }
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** @returns The path of the written file. */
  write(name: string, content: string | Uint8Array): string {
    const path = this.path(name)
    writeFileSync(path, content)
    return path
  }

  makeFolder(name: string): string {
    const path = this.path(name)
    mkdirSync(path)
    return path
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  has(name: string): boolean {
    return existsSync(this.path(name))
  }

  /** @returns The records of a `.jsonl` output. */
  results(name: string): ResultLine[] {
    return linesOf(this.read(name)) as ResultLine[]
  }

  start(args: readonly string[], options: StartOptions = {}): RunningCommand {
    const command = new RunningCommand(args, this.#place, options)
    this.#running.push(command)
    return command
  }

  /** Runs a command to its end. */
  run(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
    return this.start(args, options).ended
  }

  /** Runs a command with `--json` to its end. */
  async runJson(
    args: readonly string[],
    options: StartOptions = {},
  ): Promise<Ended & { summary: RunSummary }> {
    const ended = await this.run([...args, '--json'], options)
    return { ...ended, summary: documentOf(ended) as RunSummary }
  }

  /** Runs a command with `--json --out <name>` to its end and reads the results back. */
  async crawl(args: readonly string[], out = 'results.jsonl'): Promise<Crawled> {
    const ended = await this.runJson(['crawl', ...args, '--out', out, '--force'])
    return { ...ended, results: this.has(out) ? this.results(out) : [] }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const command of this.#running) command.killGroup()
    await Promise.all(this.#running.map(command => command.ended))
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** One result of a crawl as `--out` holds it. */
export interface ResultLine {
  readonly index: number
  readonly url: string
  readonly finalUrl: string | null
  readonly outcome: string
  readonly ok: boolean
  readonly status: number | null
  readonly error: { readonly code: string; readonly message: string; readonly retryable: boolean } | null
  readonly attempts: number
  readonly redirects: number
  readonly bodyBytes: number
  readonly worker: number
  readonly [column: string]: unknown
}

export interface Crawled extends Ended {
  readonly summary: RunSummary
  readonly results: readonly ResultLine[]
}

/** @returns The one document on standard output. @throws Error when there is none. */
export function documentOf({ stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): unknown {
  try {
    return JSON.parse(stdout)
  } catch (cause) {
    throw new Error(`no document on standard output, but ${JSON.stringify(stdout)}; errors: ${stderr}`, {
      cause,
    })
  }
}
