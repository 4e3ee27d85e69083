import { access, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { HostReport } from '../../shared/model/host-report.ts'

/**
 * Looks for the binary that the electron package would start. The package itself is never loaded: without its binary
 * that throws, and with it that may download one.
 *
 * @returns `null` when the package or its binary is not there.
 */
export async function findElectron(from: string | URL = import.meta.url): Promise<HostReport['electron']> {
  try {
    const manifest = createRequire(from).resolve('electron/package.json')
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly version: string }
    const folder = dirname(manifest)
    const path = join(folder, 'dist', (await readFile(join(folder, 'path.txt'), 'utf8')).trim())
    await access(path)
    return { version, path }
  } catch {
    // Not installed, or installed without its binary: both mean that the desktop app cannot start from here.
    return null
  }
}
