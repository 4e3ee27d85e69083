import { expect, test } from '../support/e2e/test.ts'

test('a run is started, paused, stopped and found again with the keyboard alone', async ({
  dashboard: page,
}) => {
  const sample = page.getByRole('button', { name: /Mostly waiting/ })
  await expect(sample).toBeVisible()
  for (let presses = 0; presses < 60; presses += 1) {
    if (await sample.evaluate(element => element === document.activeElement)) break
    await page.keyboard.press('Tab')
  }
  await expect(sample).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByText('running', { exact: true })).toBeVisible({ timeout: 20_000 })

  await page.locator('body').press(' ')
  await expect(page.getByText('paused', { exact: true })).toBeVisible()
  await page.keyboard.press(' ')
  await expect(page.getByText('running', { exact: true })).toBeVisible()
  await page.keyboard.press('2')
  await expect(page.getByRole('tab', { name: /^Workers/ })).toHaveAttribute('aria-selected', 'true')

  const stop = page.getByRole('button', { name: 'Stop' })
  await stop.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await expect(page.getByText('stopped', { exact: true })).toBeVisible({ timeout: 20_000 })

  await page.locator('main').focus()
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  await expect(page.getByRole('link', { name: /json/ })).toBeVisible()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
})
