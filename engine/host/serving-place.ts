import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a web host keeps what tells others that it serves a data directory. */
export interface ServingPlace {
  readonly directory: string
  /** Held for as long as the host lives; see `RunLock`. */
  readonly lock: string
  readonly owner: string
  /** What the host says of itself; gone when it has ended orderly. */
  readonly notice: string
}

/** A web host that serves a data directory. */
export interface ServingNotice {
  readonly pid: number
  readonly port: number
  /** File with the token by which its owner asks it for codes; only the owner can read it. */
  readonly tokenFile: string
}

export function servingPlace(dataDir: string): ServingPlace {
  const directory = join(dataDir, 'serve')
  return {
    directory,
    lock: join(directory, 'lock.db'),
    owner: join(directory, 'owner.json'),
    notice: join(directory, 'host.json'),
  }
}

/** @returns What the host of a data directory last said of itself, though it may have been killed since; `null` for none. */
export function readNotice(dataDir: string): ServingNotice | null {
  let text: string
  try {
    text = readFileSync(servingPlace(dataDir).notice, 'utf8')
  } catch {
    // Not there, or not for us to read: then no host of ours serves it.
    return null
  }
  try {
    const { pid, port, tokenFile } = JSON.parse(text) as Partial<ServingNotice>
    if (typeof pid !== 'number' || typeof port !== 'number' || typeof tokenFile !== 'string') return null
    return { pid, port, tokenFile }
  } catch {
    return null
  }
}

/** @returns The port of the dashboard that a living process serves over a data directory; `null` for none. */
export function dashboardPort(dataDir: string): number | null {
  const notice = readNotice(dataDir)
  return notice !== null && isAlive(notice.pid) ? notice.port : null
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
