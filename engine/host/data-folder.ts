import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

export interface HostPlace {
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  readonly home: string
}

/** @returns Where runs are kept: `given`, else `INTERLEAVE_DATA_DIR`, else the platform's place for data. */
export function dataFolderOf(
  given: string | undefined,
  { env, platform, home }: HostPlace = { env: process.env, platform: process.platform, home: homedir() },
): string {
  const wished = given ?? env['INTERLEAVE_DATA_DIR']
  if (wished !== undefined && wished !== '') return resolve(wished)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'interleave')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'interleave')
  // The XDG specification has relative paths ignored.
  const xdg = env['XDG_DATA_HOME']
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'interleave')
}
