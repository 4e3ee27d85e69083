import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { SiteLaws } from './laws.ts'

/** The first and only message of a forked site. */
export interface SiteListening {
  readonly type: 'listening'
  readonly port: number
}

/** A site in a process of its own; whoever forked it disposes of it. */
export interface ForkedSite extends AsyncDisposable {
  readonly pid: number
  readonly port: number
  readonly origin: string
}

const START_TIMEOUT_MS = 15_000
const STOP_TIMEOUT_MS = 3_000

/**
 * @param entry The file `headless/entries/site`, as source or built.
 * @throws Error when the process ends, or does not listen within 15 s.
 */
export async function forkSite(entry: URL | string, laws: Partial<SiteLaws> = {}): Promise<ForkedSite> {
  const child = fork(entry, [JSON.stringify(laws)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  try {
    const { port } = await listening(child)
    return {
      pid: child.pid!,
      port,
      origin: `http://127.0.0.1:${port}`,
      [Symbol.asyncDispose]: () => end(child),
    }
  } catch (error) {
    await end(child)
    throw error
  }
}

async function listening(child: ChildProcess): Promise<SiteListening> {
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS)
  const settled = new AbortController()
  const signal = AbortSignal.any([timeout, settled.signal])
  try {
    const message = once(child, 'message', { signal }) as Promise<[SiteListening]>
    const exit = once(child, 'exit', { signal }) as Promise<[number | null, string | null]>
    const ended = exit.then(([code, cause]) => {
      throw new Error(`the target site ended with ${cause ?? `code ${code}`} before it listened`)
    })
    const [first] = await Promise.race([message, ended])
    return first
  } catch (error) {
    if (!timeout.aborted) throw error
    throw new Error(`the target site did not listen within ${START_TIMEOUT_MS} ms`, { cause: error })
  } finally {
    settled.abort()
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  if (child.connected) child.disconnect()
  else child.kill()
  await exited
  clearTimeout(timer)
}
