import { cpSync, existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const PARTS = ['bin', 'out/headless', 'out/renderer', 'package.json']

/**
 * Copies the built command aside, so that a build meanwhile does not take its files from under a running command.
 *
 * @returns The folder of the copy, to be removed, and the file that Node runs; `null` when nothing is built.
 */
export function copyBuild(): { readonly folder: string; readonly command: string } | null {
  if (!PARTS.every(part => existsSync(join(root, part)))) return null
  const folder = mkdtempSync(join(tmpdir(), 'interleave-build-'))
  for (const part of PARTS) cpSync(join(root, part), join(folder, part), { recursive: true })
  return { folder, command: join(folder, 'bin/interleave.mjs') }
}
