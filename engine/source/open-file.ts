import { constants, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { JobError } from '../../shared/model/error.ts'
import { OPEN_TIMEOUT_MS } from './limits.ts'
import { sourceError } from './source-error.ts'

export interface OpenedFile {
  readonly handle: FileHandle
  readonly stats: Stats
}

/**
 * Opens a regular file for reading. What it is, is asked of the descriptor, so that nothing can be put in its place
 * in between.
 *
 * @throws JobError `E_NOT_A_FILE` for folders, pipes, devices, and what the system shows as files without a size;
 *   `E_SRC_IO` when it cannot be opened, is too large, or its disk does not answer within {@link OPEN_TIMEOUT_MS}.
 */
export async function openRegular(path: string): Promise<OpenedFile> {
  const opening = openChecked(path)
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new JobError('E_SRC_IO', `${path} could not be opened within ${OPEN_TIMEOUT_MS / 1_000} s`))
    // The system call cannot be taken back: what it opens late is closed again.
    opening.then(
      file => void file.handle.close().catch(() => undefined),
      () => undefined,
    )
  }, OPEN_TIMEOUT_MS)
  try {
    return await Promise.race([opening, late])
  } catch (error) {
    throw sourceError(path, error)
  } finally {
    clearTimeout(timer)
  }
}

async function openChecked(path: string): Promise<OpenedFile> {
  // Opening a pipe would otherwise wait for its writer. Windows knows neither flag.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)
  const handle = await open(path, flags).catch((error: unknown) => {
    // A socket cannot be opened at all, a pipe of a dead writer or a device may answer the same.
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') throw notAFile(path, 'a socket or device')
    throw error
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw notAFile(path, whatItIs(stats))
    if (!Number.isSafeInteger(stats.size))
      throw new JobError('E_SRC_IO', `${path} claims ${stats.size} bytes, more than can be addressed`)
    if (stats.size === 0 && (await hasContent(handle)))
      throw notAFile(path, 'something of the system that tells no size')
    return { handle, stats }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** `/proc` shows memory and tables of the system as empty files; a file that has just begun to grow is none of them. */
async function hasContent(handle: FileHandle): Promise<boolean> {
  const { bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, 0).catch(() => ({ bytesRead: 1 }))
  return bytesRead > 0 && (await handle.stat()).size === 0
}

const notAFile = (path: string, kind: string): JobError =>
  new JobError('E_NOT_A_FILE', `${path} is ${kind}; give a file, or - to read standard input`)

function whatItIs(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a pipe'
  if (stats.isSocket()) return 'a socket'
  return 'a device'
}

/** How long a file stays open after its last user, in milliseconds: leases of one file follow each other. */
const LINGER_MS = 1_000

interface SharedFile {
  readonly opening: Promise<OpenedFile>
  users: number
  timer: NodeJS.Timeout | null
}

/** Files that several cursors of one worker read at once, each opened once. */
export class SharedFiles {
  readonly #byPath = new Map<string, SharedFile>()

  /** Every call needs its {@link release}, also when it fails. @throws JobError as {@link openRegular} does. */
  acquire(path: string): Promise<OpenedFile> {
    let file = this.#byPath.get(path)
    if (file === undefined) {
      file = { opening: openRegular(path), users: 0, timer: null }
      this.#byPath.set(path, file)
    }
    file.users += 1
    if (file.timer !== null) clearTimeout(file.timer)
    file.timer = null
    return file.opening
  }

  release(path: string): void {
    const file = this.#byPath.get(path)
    if (file === undefined) return
    file.users -= 1
    if (file.users > 0) return
    file.timer = setTimeout(() => void this.#close(path, file), LINGER_MS)
    file.timer.unref()
  }

  /** Closes the files nobody reads; those in use close with their last user. */
  async closeIdle(): Promise<void> {
    const idle = [...this.#byPath].filter(([, file]) => file.users === 0)
    await Promise.all(idle.map(([path, file]) => this.#close(path, file)))
  }

  async #close(path: string, file: SharedFile): Promise<void> {
    if (file.users > 0 || this.#byPath.get(path) !== file) return
    if (file.timer !== null) clearTimeout(file.timer)
    this.#byPath.delete(path)
    await file.opening.then(
      ({ handle }) => handle.close(),
      () => undefined,
    )
  }
}
