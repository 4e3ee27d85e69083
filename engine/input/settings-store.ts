import { randomBytes } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { JobError } from '../../shared/model/error.ts'
import { permissionKeysOf } from '../../shared/model/field-schema.ts'
import type { Fields } from '../../shared/model/field.ts'
import { cpuFields } from '../../shared/model/fields/cpu.ts'
import { crawlFields } from '../../shared/model/fields/crawl.ts'
import { loadFields } from '../../shared/model/fields/load.ts'
import { withoutPassword } from '../../shared/model/load-target.ts'
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from '../../shared/model/settings.ts'
import { isMissing, storageError } from '../journal/storage-error.ts'
import { syncDirectory } from '../journal/sync-directory.ts'

const SCHEMA = 'interleave/settings@1'
/** A larger file is none of ours. */
const MOST_BYTES = 256 * 2 ** 10

const fileSchema = z.strictObject({ schema: z.literal(SCHEMA), settings: settingsSchema })

/**
 * What a person has chosen, in `settings.json` of the data folder. Every host of the folder reads the file anew, so that
 * one sees what another has saved.
 */
export class SettingsStore {
  readonly #dataDir: string
  readonly #path: string
  /** The last change: changes of this host are made one after the other. */
  #writing: Promise<unknown> = Promise.resolve()

  constructor(dataDir: string) {
    this.#dataDir = dataDir
    this.#path = join(dataDir, 'settings.json')
  }

  /**
   * @returns The defaults when nothing is saved, and when what is saved cannot be read or is of a newer version: then the
   *   file is kept aside as `settings.json.broken`.
   */
  async get(): Promise<Settings> {
    await this.#writing
    const text = await this.#read()
    if (text === null) return DEFAULT_SETTINGS
    const settings = settingsOf(text)
    if (settings !== null) return settings
    // Best effort: in a folder that cannot be written nothing will be saved over it either.
    await rename(this.#path, `${this.#path}.broken`).catch(() => undefined)
    return DEFAULT_SETTINGS
  }

  /**
   * Saves settings, without what may be secret: permissions and passwords are given anew at each run.
   *
   * @returns What is kept of them. @throws JobError `E_DISK_FULL` or `E_SRC_IO` when they cannot be saved; what was saved
   *   before is then still there.
   */
  async set(settings: Settings): Promise<Settings> {
    const kept = withoutSecrets(settings)
    const written = this.#writing.then(() => this.#write(kept))
    this.#writing = written.catch(() => undefined)
    await written
    return kept
  }

  async #read(): Promise<string | null> {
    let file: FileHandle
    try {
      file = await open(this.#path, 'r')
    } catch (error) {
      if (isMissing(error)) return null
      throw storageError(error, this.#path)
    }
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES + 1), 0, MOST_BYTES + 1, 0)
      return buffer.toString('utf8', 0, bytesRead)
    } catch (error) {
      throw storageError(error, this.#path)
    } finally {
      await file.close()
    }
  }

  async #write(settings: Settings): Promise<void> {
    const text = `${JSON.stringify({ schema: SCHEMA, settings }, null, 2)}\n`
    if (Buffer.byteLength(text) > MOST_BYTES)
      throw new JobError('E_LIMIT', `settings take more than ${MOST_BYTES / 2 ** 10} KiB`)
    const temporary = `${this.#path}.${randomBytes(6).toString('hex')}.tmp`
    try {
      const file = await open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, this.#path)
      await syncDirectory(this.#dataDir)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined)
      throw storageError(error, this.#path)
    }
  }
}

/** @returns `null` for what this version cannot read. */
function settingsOf(text: string): Settings | null {
  if (text.length > MOST_BYTES) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = fileSchema.safeParse(value)
  return parsed.success ? withoutSecrets(parsed.data.settings) : null
}

function withoutSecrets(settings: Settings): Settings {
  const { crawl, load, cpu, parallelism } = settings.defaults
  const { to } = load
  const bare = typeof to === 'string' ? { ...load, to: withoutPassword(to) } : load
  return {
    ...settings,
    defaults: {
      crawl: withoutPermissions(crawl, crawlFields),
      load: withoutPermissions(bare, loadFields),
      cpu: withoutPermissions(cpu, cpuFields),
      parallelism,
    },
  }
}

function withoutPermissions<T extends object>(options: T, fields: Fields): T {
  const dropped = permissionKeysOf(fields)
  return Object.fromEntries(Object.entries(options).filter(([key]) => !dropped.includes(key))) as T
}
