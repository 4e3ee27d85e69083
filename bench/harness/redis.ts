import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const START_TIMEOUT_MS = 10_000
const LONGEST_SOCKET_PATH = 100

/** redis-server on loopback and on a unix socket, without persistence; dispose of it. */
export interface Redis extends AsyncDisposable {
  readonly port: number
  readonly socketPath: string
  flush(): void
  keyCount(): number
  /** The value of a key, for spot checks. */
  get(key: string): string
}

/** @param core Core to run on; `null` for all. */
export async function startRedis(workDir: string, core: number | null): Promise<Redis> {
  const directory = mkdtempSync(join(workDir, 'redis-'))
  const socketPath = join(directory, 's')
  if (socketPath.length > LONGEST_SOCKET_PATH) throw new Error(`${socketPath} is too long for a socket`)
  const port = 20_000 + Math.floor(Math.random() * 40_000)
  const options = {
    port: String(port),
    bind: '127.0.0.1',
    unixsocket: socketPath,
    save: '',
    appendonly: 'no',
    dir: directory,
    'maxmemory-policy': 'noeviction',
  }
  const line = ['redis-server', ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])]
  const pinned = core === null ? line : ['taskset', '-c', String(core), ...line]
  const child = spawn(pinned[0]!, pinned.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] })
  const cli = (...args: string[]): string =>
    execFileSync('redis-cli', ['-s', socketPath, ...args], { encoding: 'utf8' }).trimEnd()
  const deadlineMs = performance.now() + START_TIMEOUT_MS
  while (!answers(cli)) {
    if (child.exitCode !== null || performance.now() > deadlineMs) {
      child.kill()
      throw new Error(`redis-server did not answer on ${socketPath}`)
    }
    await sleep(20)
  }
  return {
    port,
    socketPath,
    flush: () => void cli('FLUSHALL'),
    keyCount: () => Number(cli('DBSIZE')),
    get: key => cli('GET', key),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

function answers(cli: (...args: string[]) => string): boolean {
  try {
    return cli('PING') === 'PONG'
  } catch {
    // Not yet listening.
    return false
  }
}
