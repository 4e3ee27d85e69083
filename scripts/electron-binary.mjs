import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Where the electron package unpacks its binary on each platform. @type {Readonly<Record<string, string>>} */
const PLACES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }

function packageFolder() {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    // Left out of this installation.
    return null
  }
}

/**
 * @returns {string | null} The binary that is installed, or that `ELECTRON_OVERRIDE_DIST_PATH` has; `null` for none. The
 * file is looked for: loading the package would fetch it.
 */
export function findElectron() {
  const folder = packageFolder()
  if (folder === null) return null
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist')
  const names = join(folder, 'path.txt')
  const place = existsSync(names)
    ? readFileSync(names, 'utf8').trim()
    : (PLACES[process.platform] ?? 'electron')
  const path = join(dist, place)
  return existsSync(path) ? path : null
}

/** @param {number} timeoutMs @returns {boolean} Whether the package's own installer has fetched the binary. */
export function fetchElectron(timeoutMs) {
  const folder = packageFolder()
  if (folder === null) return false
  const { status } = spawnSync(process.execPath, [join(folder, 'install.js')], {
    stdio: 'ignore',
    timeout: timeoutMs,
  })
  return status === 0
}
