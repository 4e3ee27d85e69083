import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface TargetOptions {
  readonly pages: number
  /** Mean time to an answer. */
  readonly latencyMs: number
  /** Addresses it listens on: 127.0.0.1, 127.0.0.2 and so on. */
  readonly hosts: number
}

/** What the server has seen. */
export interface TargetLog {
  readonly requests: number
  /** Pages that were asked for at least once. */
  readonly distinct: number
  /** Most requests to one host at one moment that were neither answered nor given up. */
  readonly mostInFlight: number
  /** On the server's own clock. */
  readonly firstAtMs: number
  readonly lastAtMs: number
}

export interface ToTarget {
  readonly type: 'hold' | 'release' | 'log'
}

/** A target site in a process of its own, and its log. Dispose of it. */
export interface Target extends AsyncDisposable {
  /** Addresses of all pages, one a line, spread over the hosts. */
  readonly list: string
  /** `hold` answers nobody until `release`; each returns the log. */
  ask(type: ToTarget['type']): Promise<TargetLog>
}

const ENTRY = fileURLToPath(new URL('../peers/target-server.ts', import.meta.url))

/** @throws Error when it does not listen, as on systems without 127.0.0.2. */
export async function startTarget(options: TargetOptions): Promise<Target> {
  const child = fork(ENTRY, [JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(child, 'exit').then(() => {
    throw new Error('the target server ended')
  })
  ended.catch(() => undefined)
  const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }]
  const lines = Array.from(
    { length: options.pages },
    (_, page) => `http://127.0.0.${1 + (page % options.hosts)}:${port}/page/${page}\n`,
  )
  return {
    list: lines.join(''),
    async ask(type) {
      const answer = once(child, 'message')
      child.send({ type } satisfies ToTarget)
      const [log] = (await Promise.race([answer, ended])) as [TargetLog]
      return log
    },
    async [Symbol.asyncDispose]() {
      const gone = ended.catch(() => undefined)
      child.disconnect()
      await gone
    },
  }
}
