import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { PIECE_BYTES, type ExportRef, type Input } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import { isMissing, storageError } from '../journal/storage-error.ts'
import { safeName } from '../input/safe-name.ts'
import { titleOf } from '../records/run-list.ts'
import type { Tables } from './table-link.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const ID_BYTES = 16
const TITLE_CHARACTERS = 80
const EXPORT_ID = /^[A-Za-z0-9_-]{8,64}$/

interface MadeExport {
  readonly folder: string
  readonly path: string
  touchedAtMs: number
}

/**
 * Exports that views fetch piece by piece. Each lies in a folder of its own, whose time says when it was used last: those
 * that were not for an hour are removed by the next export, whoever made them, and its own by an engine that closes.
 */
export class Exports {
  readonly #directory: string
  readonly #made = new Map<string, MadeExport>()

  constructor(dataDir: string) {
    this.#directory = join(dataDir, 'exports')
  }

  /** @throws JobError `E_NOT_FOUND`, `E_JOURNAL_CORRUPT`, `E_LIMIT`, `E_DISK_FULL` or `E_SRC_IO`. */
  async make(tables: Tables, wanted: Input<'export.make'>): Promise<ExportRef> {
    const { runId, job } = await tables.describe(wanted)
    await this.#sweep()
    const exportId = randomBytes(ID_BYTES).toString('base64url')
    const folder = join(this.#directory, exportId)
    const name = nameOf(titleOf(job), runId, wanted.format)
    const path = join(folder, name)
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const { records } = await tables.writeRecords({ ...wanted, runId, path })
      const { size } = await stat(path)
      this.#made.set(exportId, { folder, path, touchedAtMs: Date.now() })
      return { exportId, name, bytes: size, records }
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw storageError(error, path)
    }
  }

  /** @throws JobError `E_NOT_FOUND` for an export that was not made here or is gone. */
  async read(exportId: string, offset: number): Promise<Uint8Array> {
    const made = this.#made.get(exportId)
    if (made === undefined) throw gone(exportId)
    try {
      await using file = await open(made.path, 'r')
      const bytes = new Uint8Array(PIECE_BYTES)
      const { bytesRead } = await file.read(bytes, 0, PIECE_BYTES, offset)
      await touch(made)
      // A copy of its own: what is sent must not carry the rest along.
      return bytes.slice(0, bytesRead)
    } catch (error) {
      throw isMissing(error) ? gone(exportId) : storageError(error, made.path)
    }
  }

  /** Does nothing where there is no such export. */
  async drop(exportId: string): Promise<void> {
    const made = this.#made.get(exportId)
    this.#made.delete(exportId)
    if (made !== undefined) await remove(made.folder)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#made.keys()].map(exportId => this.drop(exportId)))
    await this.#sweep()
  }

  /** What cannot be looked at or removed now is left to the next time. */
  async #sweep(): Promise<void> {
    const names = await readdir(this.#directory).catch(() => [])
    for (const name of names.filter(each => EXPORT_ID.test(each))) {
      const folder = join(this.#directory, name)
      const state = await stat(folder).catch(() => null)
      if (state === null || Date.now() - state.mtimeMs < HOUR_MS) continue
      this.#made.delete(name)
      await remove(folder)
    }
  }
}

/** A long download is no old export. */
async function touch(made: MadeExport): Promise<void> {
  const now = Date.now()
  if (now - made.touchedAtMs < MINUTE_MS) return
  made.touchedAtMs = now
  await utimes(made.folder, new Date(now), new Date(now))
}

/** @returns A name for a file whatever the title holds: `urls.txt-20261122-124556-7f3a9c.csv`. */
export function nameOf(title: string, runId: string, ending: string): string {
  const plain = title
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .slice(0, TITLE_CHARACTERS)
    .replace(/^-+|-+$/g, '')
  return safeName(`${plain === '' ? 'run' : plain}-${runId}.${ending}`)
}

const remove = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true }).catch(() => undefined)

const gone = (exportId: string): JobError =>
  new JobError('E_NOT_FOUND', `there is no export ${exportId} any more; make it again`)
