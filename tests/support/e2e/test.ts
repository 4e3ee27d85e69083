import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test as base, type Page } from '@playwright/test'

import { startDesktopHost, type DesktopHost } from './desktop-host.ts'
import { startWebHost, type DashboardHost } from './web-host.ts'

/** What the page is shown by. */
export interface Target {
  readonly target: 'web' | 'desktop'
}

interface Fixtures {
  readonly host: DashboardHost
  /** A page that is signed in to {@link host}; a test fails when the page complained. */
  readonly dashboard: Page
  /** An empty folder on the machine that the host runs on, for what is read and written. */
  readonly folder: string
}

export const test = base.extend<Fixtures & Target>({
  target: ['web', { option: true }],
  host: async ({ page, target }, use) => {
    await using host = target === 'web' ? await startWebHost() : await startDesktopHost(page)
    await use(host)
  },
  dashboard: async ({ page, host, target }, use) => {
    const complaints = listen(page)
    if (target === 'web') await page.goto(host.url)
    else {
      saveByDialog(page, host as DesktopHost)
      // Loaded is not shown yet: what a test asks for meanwhile would be overtaken by the first view.
      await page.getByRole('heading', { level: 1 }).first().waitFor()
    }
    await use(page)
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('\n')}`)
  },
  // eslint-disable-next-line no-empty-pattern -- the runner wants a pattern, and reads what a fixture needs from it
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'interleave-e2e-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
})

/** On the desktop a file is saved by a dialog: whoever waits for a download is given what was saved. */
function saveByDialog(page: Page, host: DesktopHost): void {
  const waitForEvent = page.waitForEvent.bind(page) as (event: string) => Promise<unknown>
  const waitForSaved = async () => {
    const path = await host.nextSaved()
    await expect.poll(() => existsSync(path)).toBe(true)
    return { path: () => Promise.resolve(path) }
  }
  page.waitForEvent = ((event: string) =>
    event === 'download' ? waitForSaved() : waitForEvent(event)) as typeof page.waitForEvent
}

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
