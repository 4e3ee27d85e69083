import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { DesktopHost } from '../../support/e2e/desktop-host.ts'
import { expect, test } from '../../support/e2e/test.ts'

test('desktop: what a second start opens is read where it lies, and a path that a page says is asked for', async ({
  dashboard: page,
  host,
}) => {
  const { app, folder, presses } = host as DesktopHost
  expect(await app.control('version')).toMatch(/stand-in$/)
  await expect(page.getByText('Drop files, folders or URLs here')).toBeVisible()
  writeFileSync(join(folder, 'people.csv'), 'id,name\n1,Ada\n2,Grace\n')
  await app.control('emit', 'second-instance', [], '/', { words: ['people.csv'], cwd: folder })
  await expect(page.getByText('people.csv', { exact: true }).first()).toBeVisible()
  await expect(page.getByRole('radio', { name: 'Load' })).toBeChecked()

  // Refused by the first button, as Enter and Escape do.
  presses.push(0)
  await page.getByRole('textbox', { name: 'Path or URL' }).first().fill('/etc/hosts')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/was not handed to this app/).first()).toBeVisible()
  expect(presses).toEqual([])

  await page.evaluate(() => void window.open('https://example.com'))
  await expect.poll(() => page.context().pages().length).toBe(1)
  await page.evaluate(() => location.assign('https://example.com/'))
  await expect(page.getByText('people.csv', { exact: true }).first()).toBeVisible()
})
