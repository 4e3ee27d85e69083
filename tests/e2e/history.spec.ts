import { expect, test } from '../support/e2e/test.ts'

test('runs of the command line appear, are tagged, found, deleted and brought back', async ({
  dashboard: page,
  host,
}) => {
  await page.getByRole('link', { name: 'Runs' }).click()
  await expect(page.getByText('No runs yet')).toBeVisible()
  await host.run(['cpu', '--kernel', 'primes', '--tasks', '40', '--quiet'])
  await host.run(['cpu', '--kernel', 'sha256', '--tasks', '40', '--quiet'])
  const primes = page.getByRole('link', { name: 'primes × 40' })
  const sha256 = page.getByRole('link', { name: 'sha256 × 40' })
  await expect(primes).toBeVisible()
  await expect(sha256).toBeVisible()

  await page.getByRole('button', { name: 'Actions for primes × 40' }).click()
  await page.getByRole('menuitem', { name: 'Tags' }).click()
  await page.getByLabel('New tag').fill('baseline')
  await page.getByRole('button', { name: 'Save' }).click()
  const search = page.getByPlaceholder('Search by name, id or tag')
  // A click, not only a text: nothing may lie above the field.
  await search.click()
  await search.fill('baseline')
  await expect(sha256).toBeHidden()
  await expect(primes).toBeVisible()

  await page.getByRole('button', { name: 'Actions for primes × 40' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(primes).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(primes).toBeVisible()
})

test('several tabs see the same run', async ({ dashboard: page, host, context }) => {
  const other = await context.newPage()
  const [url] = (await host.run(['serve', '--code'])).split('\n')
  await other.goto(url!)
  await page.getByRole('button', { name: /Count primes/ }).click()
  await expect(page).toHaveURL(/#\/runs\/[\w-]+$/)
  await other.getByRole('link', { name: 'Runs' }).click()
  await other.getByRole('link', { name: /primes/ }).click()
  await expect(other).toHaveURL(new URL(page.url()).href)
  await expect(other.getByText('running', { exact: true })).toBeVisible()
  await other.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByText('paused', { exact: true })).toBeVisible()
  await expect(other.getByText('paused', { exact: true })).toBeVisible()
})

test('a page that may only look is offered nothing that would be refused', async ({ host, page }) => {
  await host.run(['cpu', '--kernel', 'primes', '--tasks', '40', '--quiet'])
  const [url] = (await host.run(['serve', '--code', '--read-only'])).split('\n')
  await page.goto(url!)
  await expect(page.getByText('This page may only look')).toBeVisible()
  await page.getByRole('button', { name: 'All runs' }).click()
  await page.getByRole('button', { name: 'Actions for primes × 40' }).click()
  await expect(page.getByRole('menuitem')).toHaveText(['Open'])
  await page.getByRole('menuitem', { name: 'Open' }).click()
  await expect(page.getByText('40 of 40')).toBeVisible()
  await expect(page.getByRole('button', { name: /Run again|Resume|Export|Retry/ })).toHaveCount(0)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('radio', { name: 'Light' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
})
