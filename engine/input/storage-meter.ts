import { lstat, opendir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { StorageReport } from '../../shared/model/settings.ts'
import { isRunId, runsDirectory } from '../journal/run-paths.ts'

/** A measurement is told again for this long, in milliseconds. */
const FRESH_MS = 5_000

/** Bytes of the blocks that a file system counts in. */
const BLOCK_BYTES = 512

/** Measures what the runs of a data folder take on its disk, one walk at a time. */
export class StorageMeter {
  readonly #dataDir: string
  readonly #nowMs: () => number
  #measuring: Promise<StorageReport> | null = null
  #measuredAtMs = 0

  constructor(dataDir: string, nowMs: () => number) {
    this.#dataDir = dataDir
    this.#nowMs = nowMs
  }

  /** @returns A report that is at most {@link FRESH_MS} old when its walk ended. */
  async measure(): Promise<StorageReport> {
    const measuring = this.#measuring
    if (measuring !== null && this.#nowMs() - this.#measuredAtMs < FRESH_MS) return measuring
    const fresh = this.#measure()
    this.#measuring = fresh
    this.#measuredAtMs = Number.POSITIVE_INFINITY
    try {
      return await fresh
    } catch (error) {
      this.#measuring = null
      throw error
    } finally {
      this.#measuredAtMs = this.#nowMs()
    }
  }

  async #measure(): Promise<StorageReport> {
    const directory = runsDirectory(this.#dataDir)
    let runs = 0
    let usedBytes = 0
    for await (const { name, isFolder } of entriesOf(directory)) {
      if (isFolder && isRunId(name)) runs += 1
      usedBytes += await bytesUnder(join(directory, name), isFolder)
    }
    return { path: this.#dataDir, runs, usedBytes, freeBytes: await freeBytesOf(this.#dataDir) }
  }
}

/** @returns What may still be written where `path` is; `null` when the file system does not tell. */
export async function freeBytesOf(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path)
    const bytes = bavail * bsize
    return Number.isSafeInteger(bytes) ? bytes : null
  } catch {
    return null
  }
}

async function bytesUnder(path: string, isFolder: boolean): Promise<number> {
  if (!isFolder) return bytesOf(path)
  let bytes = 0
  for await (const entry of entriesOf(path)) bytes += await bytesUnder(join(path, entry.name), entry.isFolder)
  return bytes
}

/** Links are not followed: what they lead to is not of the runs. Files vanish while their run works. */
async function bytesOf(path: string): Promise<number> {
  try {
    const { size, blocks } = await lstat(path)
    return typeof blocks === 'number' && blocks > 0 ? blocks * BLOCK_BYTES : size
  } catch {
    return 0
  }
}

async function* entriesOf(
  path: string,
): AsyncGenerator<{ name: string; isFolder: boolean }, void, undefined> {
  try {
    for await (const entry of await opendir(path)) yield { name: entry.name, isFolder: entry.isDirectory() }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A folder that is gone meanwhile, or that this user may not read, has nothing that could be counted.
    if (code === undefined) throw error
  }
}
