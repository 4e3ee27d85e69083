import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const script = fileURLToPath(new URL('../../../scripts/generate-error-docs.mjs', import.meta.url))

describe('docs/errors.md', () => {
  it('lists every code with its texts as the catalogues have them', async () => {
    await expect(run(process.execPath, [script, '--check'])).resolves.toMatchObject({ stderr: '' })
  }, 30_000)
})
