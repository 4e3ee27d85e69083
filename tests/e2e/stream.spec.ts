import { readFileSync } from 'node:fs'

import { expect, test } from '../support/e2e/test.ts'

test('the execution path of a run is zoomed, pointed at, opened and saved', async ({
  dashboard: page,
  host,
}) => {
  await host.run([
    'cpu',
    '--kernel',
    'primes',
    '--tasks',
    '40',
    '--io-ratio',
    '0.5',
    '--model',
    'loop',
    '--in-flight',
    '2',
    '--quiet',
  ])
  await page.evaluate(() => {
    location.hash = '/runs'
  })
  await page.getByRole('link', { name: /primes/ }).click()
  await page.getByRole('tab', { name: 'Execution path' }).click()
  const lanes = page.getByRole('application', { name: /40 tasks on 3 lanes/ })
  await expect(lanes).toBeVisible()

  // From task to task by keys: the first one is brought to sight, and Enter opens it.
  await lanes.focus()
  await page.keyboard.press('+')
  await page.keyboard.press('.')
  const told = await page
    .getByRole('status')
    .filter({ hasText: /^Task \d+/ })
    .textContent()
  const index = /^Task ([\d,]*\d)/.exec(told!)![1]!
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: `Task ${index}` })).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()

  // The pointer: closer by the wheel, then what is under it.
  const { x, y, width } = (await lanes.boundingBox())!
  await page.mouse.move(x + width / 2, y + 20)
  await page.keyboard.down('Control')
  for (let turn = 0; turn < 6; turn += 1) await page.mouse.wheel(0, -200)
  await page.keyboard.up('Control')
  await expect(async () => {
    for (let step = 0; step < 20; step += 1) {
      await page.mouse.move(x + 100 + (step * (width - 110)) / 20, y + 20)
      if (await page.locator('.tip').isVisible()) return
    }
    throw new Error('nothing is pointed at')
  }).toPass()
  await expect(page.locator('.tip')).toContainText('worker 1, lane 0')
  await page.mouse.down()
  await page.mouse.up()
  await expect(page.getByRole('complementary', { name: /^Task/ })).toBeVisible()

  await page.getByRole('button', { name: 'Save the execution path' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Whole run as Trace Event JSON' }).click(),
  ])
  const { traceEvents } = JSON.parse(readFileSync(await download.path(), 'utf8')) as {
    traceEvents: readonly { readonly cat?: string }[]
  }
  expect(traceEvents.filter(({ cat }) => cat === 'cpu')).toHaveLength(80)
})
