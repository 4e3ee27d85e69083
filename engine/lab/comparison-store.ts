import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Comparison, ComparisonEntry } from '../../shared/model/comparison.ts'
import { JobError } from '../../shared/model/error.ts'
import { isMissing, storageError } from '../journal/storage-error.ts'
import { titleOf } from '../records/run-list.ts'

/** 64 points, 60 runs each, take 4 MiB; a larger file is none of ours. */
const MOST_BYTES = 16 * 2 ** 20
const ENDING = '.json'

/** Comparisons that were made, each a JSON file in `comparisons` of the data folder. */
export class ComparisonStore {
  readonly #folder: string

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'comparisons')
  }

  /** Where runs of a comparison may write; made and removed by who uses it. */
  folderOf(comparisonId: string): string {
    return join(this.#folder, comparisonId)
  }

  /** @throws JobError `E_DISK_FULL` or `E_SRC_IO`; what was kept before is then still there. */
  async put(comparison: Comparison): Promise<void> {
    const path = this.#pathOf(comparison.comparisonId)
    const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      const file = await open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(`${JSON.stringify(comparison)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined)
      throw storageError(error, path)
    }
  }

  /** @throws JobError `E_NOT_FOUND`; `E_JOURNAL_CORRUPT` for a file that holds no comparison. */
  async read(comparisonId: string): Promise<Comparison> {
    const path = this.#pathOf(comparisonId)
    try {
      if ((await stat(path)).size > MOST_BYTES) throw new SyntaxError('too large')
      return asComparison(JSON.parse(await readFile(path, 'utf8')), comparisonId)
    } catch (error) {
      if (isMissing(error)) throw new JobError('E_NOT_FOUND', `no comparison ${comparisonId} is kept here`)
      if (error instanceof SyntaxError)
        throw new JobError('E_JOURNAL_CORRUPT', `${path} holds no comparison: ${error.message}`)
      throw storageError(error, path)
    }
  }

  /** Newest first; files that cannot be understood are left out. */
  async list(): Promise<ComparisonEntry[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isMissing(error)) return []
      throw storageError(error, this.#folder)
    })
    const ids = names.filter(name => name.endsWith(ENDING)).map(name => name.slice(0, -ENDING.length))
    const entries: ComparisonEntry[] = []
    for (const id of ids.sort().reverse()) {
      const comparison = await this.read(id).catch(() => null)
      if (comparison !== null) entries.push(entryOf(comparison))
    }
    return entries
  }

  async remove(comparisonId: string): Promise<void> {
    await this.read(comparisonId)
    await rm(this.#pathOf(comparisonId), { force: true })
    await rm(this.folderOf(comparisonId), { recursive: true, force: true })
  }

  #pathOf(comparisonId: string): string {
    return join(this.#folder, `${comparisonId}${ENDING}`)
  }
}

export const entryOf = (comparison: Comparison): ComparisonEntry => ({
  comparisonId: comparison.comparisonId,
  startedAt: comparison.startedAt,
  state: comparison.state,
  kind: comparison.plan.job.kind,
  title: titleOf(comparison.plan.job),
  points: comparison.plan.points.map(({ name }) => name),
  runsDone: comparison.runsDone,
  runsPlanned: comparison.runsPlanned,
})

function asComparison(value: unknown, comparisonId: string): Comparison {
  const given = value as Partial<Comparison> | null
  if (given?.schema !== 'interleave/comparison@1' || given.comparisonId !== comparisonId)
    throw new SyntaxError('not of this format')
  return given as Comparison
}
