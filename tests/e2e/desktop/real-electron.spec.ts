import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { _electron, expect, test } from '@playwright/test'

import { findElectron } from '../../support/electron/binary.ts'

const MAIN = fileURLToPath(new URL('../../../out/desktop', import.meta.url))
const binary = findElectron()
const NOT_TESTED =
  'REAL ELECTRON NOT TESTED: its binary is not installed (ELECTRON_OVERRIDE_DIST_PATH may name one)'
if (binary === null) console.warn(NOT_TESTED)

test.skip(binary === null, NOT_TESTED)

test('desktop: a real Electron shows the dashboard in a sandboxed page and crawls in utility processes', async () => {
  const home = mkdtempSync(join(tmpdir(), 'interleave-electron-'))
  const app = await _electron.launch({
    executablePath: binary!,
    args: [MAIN, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    env: { ...(process.env as Record<string, string>), INTERLEAVE_DATA_DIR: join(home, 'data') },
  })
  try {
    const page = await app.firstWindow()
    await expect(page.getByText('Drop files, folders or URLs here')).toBeVisible()
    expect(
      await page.evaluate(() => ({
        origin: location.origin,
        door: Object.keys((globalThis as unknown as { readonly interleave: object }).interleave).sort(),
        node: ['require', 'process', 'Buffer', 'module'].filter(name => name in globalThis),
        opened: window.open('https://example.com'),
      })),
    ).toEqual({
      origin: 'app://interleave',
      door: ['closeWire', 'grantFile', 'openWire', 'send'],
      node: [],
      opened: null,
    })
    await page.getByRole('button', { name: /Count primes/ }).click()
    await expect(page.getByText('done', { exact: true })).toBeVisible({ timeout: 60_000 })
    const names = await app.evaluate(({ app: main }) => main.getAppMetrics().map(({ name }) => name ?? ''))
    expect(names.some(name => name.startsWith('Interleave '))).toBe(true)
  } finally {
    await app.close()
    rmSync(home, { recursive: true, force: true })
  }
})
