import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, normalize, resolve, sep } from 'node:path'

import { JobError } from '../../shared/model/error.ts'
import { isAbsolutePath } from '../../shared/model/path.ts'

/** Grants that were given and not used yet. */
const WAITING_LIMIT = 10_000
const ID_BYTES = 18

/**
 * Which files and folders the person has handed to this app: dropped on it, chosen in a dialog, opened with it, or named
 * by a run of theirs. A page that says a path is believed as far as this goes.
 */
export class Grants {
  readonly #waiting = new Map<string, string>()
  readonly #files = new Set<string>()
  readonly #folders = new Set<string>()
  readonly #outputFolders = new Set<string>()
  readonly #dataDir: string

  /** @param dataDir Where results of files go that lie nowhere else. */
  constructor(dataDir: string) {
    this.#dataDir = normalize(dataDir)
  }

  /**
   * Opens what the person handed over, as the proof that it is there and what it is.
   *
   * @returns A name for it that says nothing and works once.
   * @throws JobError `E_NOT_A_FILE`, `E_SRC_IO`, `E_LIMIT`.
   */
  async issue(path: string): Promise<string> {
    const granted = await this.grant(path)
    if (this.#waiting.size >= WAITING_LIMIT)
      throw new JobError('E_LIMIT', `${WAITING_LIMIT} files wait to be used`)
    const id = randomBytes(ID_BYTES).toString('base64url')
    this.#waiting.set(id, granted)
    return id
  }

  /** @returns The path that a job may name. @throws JobError `E_AUTH` for what was never issued, or used before. */
  redeem(id: string): string {
    const path = this.#waiting.get(id)
    if (path === undefined) throw new JobError('E_AUTH', 'this grant is not known here; drop the file again')
    this.#waiting.delete(id)
    return path
  }

  /** The same without a name, for what the main process hands on itself. @returns The path, normalised. */
  async grant(path: string): Promise<string> {
    const checked = checkPath(path)
    const stats = await look(checked)
    if (!stats.isFile() && !stats.isDirectory() && !stats.isFIFO())
      throw new JobError('E_NOT_A_FILE', `${checked} is neither a file nor a folder`)
    if (stats.isDirectory()) this.#folders.add(checked)
    else this.#files.add(checked)
    return checked
  }

  /** What a run of this host reads was handed over when that run was started. */
  remember(path: string): void {
    if (isAbsolutePath(path)) this.#files.add(normalize(path))
  }

  allowFolder(folder: string): void {
    this.#outputFolders.add(normalize(folder))
  }

  mayRead(path: string): boolean {
    const name = normalize(path)
    return this.#files.has(name) || this.#folders.has(name) || isBelow(name, this.#folders)
  }

  /** Beside or below what was handed over, or in a folder that was allowed. */
  mayWrite(path: string): boolean {
    const folder = dirname(normalize(path))
    return (
      folder === this.#dataDir ||
      isBelow(normalize(path), this.#outputFolders) ||
      isBelow(normalize(path), this.#folders) ||
      [...this.#files].some(file => dirname(file) === folder)
    )
  }
}

/** @throws JobError `E_NOT_A_FILE`. Network paths are none: to look at one sends the person's credentials to its host. */
function checkPath(path: string): string {
  if (path.includes('\0') || !isAbsolutePath(path))
    throw new JobError('E_NOT_A_FILE', 'this is no path of a file on this machine')
  return resolve(path)
}

async function look(path: string): Promise<Stats> {
  try {
    // Without waiting for whoever would write into a pipe.
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    return await file.stat()
  } catch (cause) {
    const { code = 'error' } = cause as NodeJS.ErrnoException
    throw new JobError('E_SRC_IO', `${path} cannot be opened: ${code}`, { cause })
  }
}

const isBelow = (path: string, folders: ReadonlySet<string>): boolean =>
  [...folders].some(folder => path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`))
