import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

import { expect, test } from '../support/e2e/test.ts'

/** Each view, and what only it has. */
const VIEWS = [
  { path: '/', root: '.compose' },
  { path: '/runs', root: '.history' },
  { path: '/compare', root: '.compare' },
  { path: '/settings', root: '.settings' },
  { path: '/components', root: '.page' },
] as const

/** As short as a comparison can be. */
const COMPARISON = [
  ...['compare', 'cpu', '--kernel', 'sha256', '--tasks', '8'],
  ...['--models', 'sequential,loop', '--repeats', '1', '--warmup', '0'],
]

/** Goes to a view without leaving the page, whose sign-in lasts as long as it does. */
const goTo = async (page: Page, path: string): Promise<void> => {
  await page.evaluate(hash => {
    location.hash = hash
  }, path)
}

async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target.join(' ')).join(', ')}`)
}

async function choose(page: Page, { language, theme }: { language: string; theme: string }): Promise<void> {
  await goTo(page, '/settings')
  await page.getByRole('radio', { name: language }).click()
  await page.getByRole('radio', { name: theme }).click()
}

for (const { language, light, dark } of [
  { language: 'English', light: 'Light', dark: 'Dark' },
  { language: '简体中文', light: '浅色', dark: '深色' },
]) {
  for (const theme of [light, dark]) {
    test(`every view can be read in ${language}, ${theme}`, async ({ dashboard: page, host }, info) => {
      await host.run(['cpu', '--kernel', 'primes', '--tasks', '50', '--quiet'])
      await host.run([...COMPARISON, '--quiet'])
      await choose(page, { language, theme })
      const faults: Record<string, string[]> = {}
      for (const { path, root } of VIEWS) {
        await goTo(page, path)
        await expect(page.locator(`main > ${root}`)).toBeVisible()
        faults[path] = await seriousFaults(page)
        await page.screenshot({ path: info.outputPath(`${root.slice(1)}.png`) })
      }
      await goTo(page, '/runs')
      await page.getByRole('link', { name: /primes/ }).click()
      await expect(page.getByText('50 of 50').or(page.getByText('50 / 50'))).toBeVisible()
      faults['run'] = await seriousFaults(page)
      await page.screenshot({ path: info.outputPath('run.png') })
      await goTo(page, '/compare')
      await page.getByRole('link', { name: /sha256/ }).click()
      await expect(page.locator('.comparison table').first().getByRole('row')).toHaveCount(3)
      faults['comparison'] = await seriousFaults(page)
      await page.screenshot({ path: info.outputPath('comparison.png') })
      expect(faults).toEqual(Object.fromEntries(Object.keys(faults).map(view => [view, []])))
    })
  }
}

test('the language changes without loading the page again', async ({ dashboard: page }) => {
  await page.evaluate(() => Object.assign(window, { isSamePage: true }))
  await goTo(page, '/settings')
  await page.getByRole('radio', { name: '简体中文' }).click()
  await expect(page.getByRole('heading', { name: '设置' })).toBeVisible()
  expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true)
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
})
