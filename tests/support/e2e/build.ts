import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

let isBuilt = false

/** Builds what is not built yet; once in a process. */
export function build(): void {
  if (isBuilt) return
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build-if-needed.mjs'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the build failed: ${stderr}`)
  isBuilt = true
}
