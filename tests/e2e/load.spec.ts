import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { dropFiles } from '../support/e2e/drop.ts'
import { expect, test } from '../support/e2e/test.ts'

test('a CSV file is dropped and loaded into SQLite', async ({ dashboard: page, host }) => {
  const rows = Array.from({ length: 5_000 }, (_, at) => `${at},"name ${at}, quoted",${at % 7}`)
  await expect(page.getByText('Drop files, folders or URLs here')).toBeVisible()
  await dropFiles(page, page.locator('main'), [
    { name: 'people.csv', text: `id,name,group\n${rows.join('\n')}\n` },
  ])
  await expect(page.getByRole('radio', { name: 'Load' })).toBeChecked()
  await expect(page.getByText('INSERT').first()).toBeVisible()
  const file = join(host.folder, 'people.db')
  await page.getByLabel(/^Destination/).fill(`sqlite:${file}`)
  await page.getByRole('button', { name: /^Start/ }).click()

  await expect(page.getByText('done', { exact: true })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('5,000 of 5,000')).toBeVisible()
  expect(readdirSync(host.folder)).toContain('people.db')
  using database = new DatabaseSync(file, { readOnly: true })
  expect({ ...database.prepare('SELECT count(*) AS count, max(name) AS last FROM records').get() }).toEqual({
    count: 5_000,
    last: 'name 999, quoted',
  })
})
