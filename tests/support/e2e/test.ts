import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { test as base, type Page } from '@playwright/test'

import { startWebHost, type WebHost } from './web-host.ts'

interface Fixtures {
  readonly host: WebHost
  /** A page that is signed in to {@link host}; a test fails when the page complained. */
  readonly dashboard: Page
  /** An empty folder on the machine that the host runs on, for what is read and written. */
  readonly folder: string
}

export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- the runner wants a pattern, and reads what a fixture needs from it
  host: async ({}, use) => {
    await using host = await startWebHost()
    await use(host)
  },
  dashboard: async ({ page, host }, use) => {
    const complaints = listen(page)
    await page.goto(host.url)
    await use(page)
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('\n')}`)
  },
  // eslint-disable-next-line no-empty-pattern -- as above
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'interleave-e2e-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
})

export { expect } from '@playwright/test'

/** @returns What the page says that it should not: errors of scripts, refusals of the content policy. Grows. */
function listen(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(`${error.name}: ${error.message}`))
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  return complaints
}
