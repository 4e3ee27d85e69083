import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { build } from './build.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const COMMAND = join(root, 'bin/interleave.mjs')

/** A host of the dashboard in a process of its own, over a data folder of its own: a web host, or the desktop app. */
export interface DashboardHost extends AsyncDisposable {
  /** Signs in once, within a minute of the host's start. */
  readonly url: string
  readonly dataDir: string
  /** A folder for inputs and outputs of tests. */
  readonly folder: string
  readonly process: ChildProcess
  /** Runs another command of the same data folder to its end. @returns Its standard output. */
  run(args: readonly string[]): Promise<string>
}

export async function startWebHost(args: readonly string[] = []): Promise<DashboardHost> {
  build()
  const home = mkdtempSync(join(tmpdir(), 'interleave-e2e-'))
  const dataDir = join(home, 'data')
  // The runner's wish for colours contradicts that of whoever runs it.
  const env = { ...process.env, XDG_RUNTIME_DIR: home, FORCE_COLOR: undefined }
  const child = spawn(
    process.execPath,
    [COMMAND, 'serve', '--quiet', '--port', '0', '--data-dir', dataDir, ...args],
    {
      cwd: home,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const lines = createInterface({ input: child.stdout })
  const [url] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the host ended with ${code} before it was up`)
    }),
  ])) as [string]
  return {
    url,
    dataDir,
    folder: home,
    process: child,
    run: given =>
      new Promise(resolve => {
        const line = [COMMAND, ...given, '--data-dir', dataDir]
        // A command may end with a code of its own: some tasks failed.
        execFile(process.execPath, line, { cwd: home, env }, (_error, stdout) => resolve(stdout))
      }),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null) {
        const exited = once(child, 'exit')
        child.kill('SIGTERM')
        const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
        await exited
        clearTimeout(timer)
      }
      rmSync(home, { recursive: true, force: true })
    },
  }
}
