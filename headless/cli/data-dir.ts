import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

import { dataFolderOf } from '../../engine/host/data-folder.ts'
import { runsDirectory } from '../../engine/journal/run-paths.ts'
import { CommandError } from './command-error.ts'
import { isErrorWithCode, reasonOf } from './system-error.ts'

/** @returns Where runs are kept; see {@link dataFolderOf}. */
export const dataDirOf = dataFolderOf

/**
 * Creates the data directory and its folder of runs, for its owner only: they hold what was fetched.
 *
 * @throws CommandError `E_SRC_IO` when they cannot be made.
 */
export function makeDataDir(directory: string): void {
  try {
    makeFolders(runsDirectory(directory))
  } catch (cause) {
    if (cause instanceof CommandError) throw cause
    const reason = reasonOf(cause)
    throw new CommandError(t => t('usage.dataDir', { directory, reason }), { code: 'E_SRC_IO', cause })
  }
}

/** Not Node's own recursion, which never ends where a file system refuses new folders with ENOENT, as `/proc` does. */
function makeFolders(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return
  const parent = dirname(directory)
  if (parent !== directory) makeFolders(parent)
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    // Another command may have made it meanwhile.
    if (!isErrorWithCode(error, 'EEXIST')) throw error
    if (statSync(directory).isDirectory()) return
    throw new CommandError(t => t('usage.dataDirIsFile', { path: directory }), { code: 'E_SRC_IO' })
  }
}
