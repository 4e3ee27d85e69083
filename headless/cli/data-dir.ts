import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

import { CommandError } from './command-error.ts'
import { reasonOf } from './system-error.ts'

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
 * Creates the data directory, for its owner only: it holds what was fetched.
 *
 * @throws CommandError `E_SRC_IO` when it cannot be made.
 */
export function makeDataDir(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    const reason = reasonOf(cause)
    throw new CommandError(t => t('usage.dataDir', { directory, reason }), { code: 'E_SRC_IO', cause })
  }
}
