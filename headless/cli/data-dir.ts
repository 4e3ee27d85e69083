import { mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'

import { runsDirectory } from '../../engine/journal/run-paths.ts'
import { CommandError } from './command-error.ts'
import { isErrorWithCode, reasonOf } from './system-error.ts'

interface Place {
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  readonly home: string
}

/** @returns Where runs are kept: `given`, else `INTERLEAVE_DATA_DIR`, else the platform's place for data. */
export function dataDirOf(
  given: string | undefined,
  { env, platform, home }: Place = { env: process.env, platform: process.platform, home: homedir() },
): string {
  const wished = given ?? env['INTERLEAVE_DATA_DIR']
  if (wished !== undefined && wished !== '') return resolve(wished)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'interleave')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'interleave')
  // The XDG specification has relative paths ignored.
  const xdg = env['XDG_DATA_HOME']
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'interleave')
}

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
