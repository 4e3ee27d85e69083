import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** File that Node runs as the command. */
    readonly command: string
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const PARTS = ['bin', 'out/headless', 'out/renderer', 'package.json']

/**
 * Builds the command once for all integration tests and copies it aside, so that a build meanwhile does not take its
 * files from under a running command. Where nothing can be built the command runs from its sources.
 */
export function setup({ provide }: TestProject): () => void {
  const built = spawnSync(process.execPath, ['scripts/build-if-needed.mjs', 'headless'], {
    cwd: root,
    stdio: 'ignore',
  })
  if (built.status !== 0 || !PARTS.every(part => existsSync(join(root, part)))) {
    provide('command', join(root, 'headless/cli/main.ts'))
    return () => undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'interleave-build-'))
  for (const part of PARTS) cpSync(join(root, part), join(folder, part), { recursive: true })
  provide('command', join(folder, 'bin/interleave.mjs'))
  return () => rmSync(folder, { recursive: true, force: true })
}
