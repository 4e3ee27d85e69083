import { open, readdir, rm, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { UNFINISHED } from './upload.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Its time tells when every run was last asked for its inputs, which takes long where there are many. */
const MARK = '.swept'

/** @returns The inputs of every run that is kept. */
export type NamedInputs = () => Promise<readonly string[]>

export const uploadsDirectory = (dataDir: string): string => join(dataDir, 'uploads')

/** @returns The folder of one upload, with the separator behind it. */
export const folderOfUpload = (dataDir: string, uploadId: string): string =>
  join(uploadsDirectory(dataDir), uploadId) + sep

interface Sweep {
  readonly dataDir: string
  readonly namedInputs: NamedInputs
  /** Uploads that this process is receiving. */
  readonly isLiving: (uploadId: string) => boolean
}

/**
 * Removes uploads that nobody needs: unfinished ones to which nothing was added for an hour, also those of a process
 * that is gone, and finished ones older than a day that no run names (asked once a day). It never rejects: what cannot
 * be removed now is left to another sweep.
 */
export async function sweepUploads({ dataDir, namedInputs, isLiving }: Sweep): Promise<void> {
  const directory = uploadsDirectory(dataDir)
  const names = await readdir(directory).catch(() => [])
  const old: string[] = []
  for (const name of names) {
    if (name === MARK || isLiving(name)) continue
    const state = await stateOf(join(directory, name))
    if (state.ageMs > DAY_MS && !state.isUnfinished) old.push(name)
    else if (state.ageMs > HOUR_MS && state.isUnfinished) await remove(join(directory, name))
  }
  if (old.length === 0 || (await ageOf(join(directory, MARK))) < DAY_MS) return
  try {
    const inputs = await namedInputs()
    for (const name of old) {
      const folder = folderOfUpload(dataDir, name)
      if (!inputs.some(input => input.startsWith(folder))) await remove(folder)
    }
    await touch(join(directory, MARK))
  } catch {
    // Without knowing what runs name, nothing is removed.
  }
}

async function stateOf(folder: string): Promise<{ readonly ageMs: number; readonly isUnfinished: boolean }> {
  const names = await readdir(folder).catch(() => [])
  const isUnfinished = names.length === 0 || names.some(name => name.startsWith(UNFINISHED))
  const ages = await Promise.all([folder, ...names.map(name => join(folder, name))].map(ageOf))
  return { ageMs: Math.min(...ages), isUnfinished }
}

/** @returns Milliseconds since something was last written; infinite for what is not there. */
const ageOf = async (path: string): Promise<number> => {
  const stats = await stat(path).catch(() => null)
  return stats === null ? Number.POSITIVE_INFINITY : Date.now() - stats.mtimeMs
}

const remove = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true }).catch(() => undefined)

async function touch(path: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    const now = new Date()
    await file.utimes(now, now)
  } finally {
    await file.close()
  }
}
