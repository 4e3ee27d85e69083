import { rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { copyBuild } from './copy-build.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** File that Node runs as the command. */
    readonly command: string
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Builds the command once for all integration tests and copies it aside, so that a build meanwhile does not take its
 * files from under a running command. Where nothing can be built the command runs from its sources.
 */
export function setup({ provide }: TestProject): () => void {
  const built = spawnSync(process.execPath, ['scripts/build-if-needed.mjs', 'headless'], {
    cwd: root,
    stdio: 'ignore',
  })
  const copy = built.status === 0 ? copyBuild() : null
  if (copy === null) {
    provide('command', join(root, 'headless/cli/main.ts'))
    return () => undefined
  }
  provide('command', copy.command)
  return () => rmSync(copy.folder, { recursive: true, force: true })
}
