import { readFileSync } from 'node:fs'

import { dropFiles } from '../support/e2e/drop.ts'
import { startTargetSite } from '../support/e2e/target-site.ts'
import { expect, test } from '../support/e2e/test.ts'

test('a list of URLs is dropped, crawled, steered, its failures found, retried and exported', async ({
  dashboard: page,
}) => {
  await using site = await startTargetSite({
    seed: 7,
    latency: { law: 'fixed', value: 120 },
    errorRatio: 0.02,
  })
  await expect(page.getByText('Drop files, folders or URLs here')).toBeVisible()
  await dropFiles(page, page.locator('main'), [{ name: 'urls.txt', text: await site.list(3_000) }])
  await expect(page.getByText('3,000 tasks')).toBeVisible()
  await page.getByLabel('In flight each').fill('16')
  await page.getByRole('button', { name: /^Start/ }).click()

  await expect(page).toHaveURL(/#\/runs\/[\w-]+$/)
  await expect(page.getByText('running', { exact: true })).toBeVisible()
  await expect(page.getByText('of 16', { exact: true })).toBeVisible()
  const inFlight = page.getByRole('spinbutton', { name: 'in flight' })
  await inFlight.fill('64')
  await inFlight.press('Enter')
  await expect(page.getByText('of 64', { exact: true })).toBeVisible()

  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByText('paused', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByText('done', { exact: true })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('3,000 of 3,000')).toBeVisible()

  await page.getByRole('tab', { name: /^Log/ }).click()
  await expect(page.getByText(/16 → 64/).first()).toBeVisible()
  await page.getByRole('tab', { name: /^Errors/ }).click()
  await expect(page.getByText('E_HTTP_STATUS')).toBeVisible()
  await page.getByRole('button', { name: 'Show these' }).click()
  await expect(page.getByRole('tab', { name: /^Tasks/ })).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByText('failed', { exact: true }).first()).toBeVisible()

  const before = await page.locator('.overview').innerText()
  await page.reload()
  await expect(page.getByText('3,000 of 3,000')).toBeVisible()
  expect(await page.locator('.overview').innerText()).toBe(before)

  await page.getByRole('button', { name: 'Export…' }).click()
  await page.getByRole('radio', { name: 'CSV' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('dialog').getByRole('button', { name: 'Export' }).click()
  const lines = readFileSync(await (await download).path(), 'utf8')
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(3_001)

  await page.getByRole('tab', { name: /^Errors/ }).click()
  await page.getByRole('button', { name: 'Retry these' }).click()
  await expect(page.getByText('3,000 of 3,000')).toBeHidden()
  await expect(page.getByText('done', { exact: true })).toBeVisible({ timeout: 30_000 })
})
