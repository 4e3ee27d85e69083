import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../headless/cli/main.ts', import.meta.url))

/** Sources are stripped of their types once, not by each of many short processes. */
const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), 'interleave-test-compile-cache') }

export interface CliResult {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface CliProcess {
  readonly child: ChildProcess
  readonly result: Promise<CliResult>
  /** Resolves with the first match of `pattern` in what was written to standard output so far. */
  seen(pattern: RegExp): Promise<RegExpExecArray>
}

/** A folder with a data directory of its own; the command runs in it. Dispose of it. */
export interface CliSandbox extends AsyncDisposable {
  readonly folder: string
  start(args: readonly string[], options?: CliOptions): CliProcess
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>
}

interface CliOptions {
  /** Standard input; `null` to write to it later. Empty by default. */
  readonly input?: string | null
  readonly env?: Readonly<Record<string, string>>
}

export async function makeSandbox(): Promise<CliSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'interleave-cli-'))
  const started: CliProcess[] = []
  const start = (args: readonly string[], options: CliOptions = {}): CliProcess => {
    const process = startCli(folder, args, options)
    started.push(process)
    return process
  }
  return {
    folder,
    start,
    run: (args, options) => start(args, options).result,
    [Symbol.asyncDispose]: async () => {
      for (const { child } of started)
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await Promise.all(started.map(({ result }) => result))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function startCli(folder: string, args: readonly string[], { input, env }: CliOptions): CliProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], INTERLEAVE_DATA_DIR: join(folder, 'data'), ...COMPILE_CACHE, ...env },
    stdio: 'pipe',
  })
  child.stdin.on('error', () => undefined)
  if (input !== null) child.stdin.end(input ?? '')
  const text = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk))
  const result = new Promise<CliResult>(resolve => {
    child.once('close', code => resolve({ code, ...text }))
  })
  const seen = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): boolean => {
        const found = pattern.exec(text.out)
        if (found !== null) resolve(found)
        return found !== null
      }
      if (look()) return
      const onData = () => {
        if (look()) child.stdout.off('data', onData)
      }
      child.stdout.on('data', onData)
      child.once('close', () => {
        if (!look()) reject(new Error(`ended without ${String(pattern)}: ${text.out}${text.err}`))
      })
    })
  return { child, result, seen }
}
