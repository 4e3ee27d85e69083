import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

import { COMMANDS } from '../../../headless/cli/commands.ts'
import { COMMON_FLAGS } from '../../../headless/cli/run-flags.ts'
import { KERNEL } from '../../../engine/executor/kernels/registry.ts'
import { groupDigits } from '../../../shared/locales/translate.ts'

const run = promisify(execFile)
const root = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/cli.md', root), 'utf8')

/** @returns The part of the page between a command's heading and the next one of its level or above. */
function sectionOf(path: string): string {
  const start = page.search(new RegExp(`^##+ ${path}$`, 'm'))
  expect(start, `docs/cli.md has a heading "${path}"`).toBeGreaterThan(-1)
  const rest = page.slice(start + 3)
  const end = rest.search(/^## /m)
  return end < 0 ? rest : rest.slice(0, end)
}

const commands = COMMANDS.filter(({ load }) => load !== undefined).flatMap(spec => [
  { path: `interleave ${spec.name}`, spec },
  ...(spec.subcommands ?? []).map(each => ({ path: `interleave ${spec.name} ${each.name}`, spec: each })),
])

describe('docs/cli.md', () => {
  it('has the tables that the definitions of the flags give', async () => {
    const script = fileURLToPath(new URL('scripts/generate-cli-docs.mjs', root))
    await expect(run(process.execPath, [script, '--check'])).resolves.toMatchObject({ stderr: '' })
  }, 30_000)

  it.each(commands)('names every flag of $path', ({ path, spec }) => {
    const section = sectionOf(path)
    const missing = [...spec.flags, ...COMMON_FLAGS]
      .map(({ flag, isNegatable }) => (isNegatable === true ? `--[no-]${flag}` : `--${flag}`))
      .filter(flag => !section.includes(flag))
    expect(missing).toEqual([])
  })

  it('states the default size of each kernel', () => {
    const stated = [...page.matchAll(/^\| `(\w+)` \|.*\| ([\d,]+) \|$/gm)].map(([, name, size]) => [
      name,
      size,
    ])
    expect(stated).toEqual(
      Object.values(KERNEL).map(({ name, defaultSize }) => [name, groupDigits(defaultSize)]),
    )
  })
})
