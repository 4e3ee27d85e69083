import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'

import { RunLock, whileUnlocked } from '../../engine/journal/lock.ts'
import { storageError } from '../../engine/journal/storage-error.ts'
import { readNotice, servingPlace, type ServingNotice } from '../../engine/host/serving-place.ts'

/** The right to serve a data directory, which one process has at a time; given back when it ends, however it ends. */
export class ServingClaim implements Disposable {
  readonly #dataDir: string
  readonly #lock: RunLock
  readonly #env: NodeJS.ProcessEnv
  #tokenFile: string | null = null

  private constructor(dataDir: string, lock: RunLock, env: NodeJS.ProcessEnv) {
    this.#dataDir = dataDir
    this.#lock = lock
    this.#env = env
  }

  /** @throws JobError `E_LOCKED` when another process serves it. */
  static take(dataDir: string, env: NodeJS.ProcessEnv): ServingClaim {
    const place = servingPlace(dataDir)
    try {
      mkdirSync(place.directory, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw storageError(error, place.directory)
    }
    const lock = RunLock.acquire({ ...place, runId: 'serve' })
    // What a host that was killed has left says nothing any more.
    rmSync(place.notice, { force: true })
    return new ServingClaim(dataDir, lock, env)
  }

  /**
   * Tells other commands of the same user where the host is, and by which token its owner asks it.
   *
   * @throws JobError when a file cannot be written.
   */
  announce({ port, token }: { readonly port: number; readonly token: string }): void {
    const { notice } = servingPlace(this.#dataDir)
    const tokenFile = join(runtimeDirectory(this.#dataDir, this.#env), `${nameOf(this.#dataDir)}.token`)
    try {
      writePrivate(tokenFile, token)
      this.#tokenFile = tokenFile
      writePrivate(notice, JSON.stringify({ pid: process.pid, port, tokenFile } satisfies ServingNotice))
    } catch (error) {
      throw storageError(error, tokenFile)
    }
  }

  [Symbol.dispose](): void {
    rmSync(servingPlace(this.#dataDir).notice, { force: true })
    if (this.#tokenFile !== null) rmSync(this.#tokenFile, { force: true })
    this.#lock.release()
  }
}

/** @returns What the host that lives now says of itself; `null` when none serves the data directory. */
export function livingHost(dataDir: string): ServingNotice | null {
  const notice = readNotice(dataDir)
  // The lock, not the process id, tells whether whatever listens on that port is the host.
  return notice !== null && whileUnlocked(servingPlace(dataDir), isOwned => isOwned) ? notice : null
}

/** @returns The user's own folder for what is gone with the session, if the system has one; else one beside the data. */
function runtimeDirectory(dataDir: string, env: NodeJS.ProcessEnv): string {
  const base = env['XDG_RUNTIME_DIR']
  if (base === undefined || !isAbsolute(base)) return servingPlace(dataDir).directory
  const directory = join(base, 'interleave')
  try {
    mkdirSync(directory, { mode: 0o700, recursive: true })
  } catch {
    return servingPlace(dataDir).directory
  }
  const found = lstatSync(directory)
  const isOwn = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0
  return isOwn ? directory : servingPlace(dataDir).directory
}

/** A file that nobody else can read at any moment, and that is whole or not there. */
function writePrivate(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`
  rmSync(temporary, { force: true })
  writeFileSync(temporary, `${text}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(temporary, file)
}

const nameOf = (dataDir: string): string =>
  `serve-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`
