import { onlyMouse } from '../support/e2e/mouse.ts'
import { startTargetSite } from '../support/e2e/target-site.ts'
import { expect, test } from '../support/e2e/test.ts'
import { linesOfDownload, peopleCsv, peopleIn } from '../support/e2e/written.ts'

const TASKS = 1_500

test('with the mouse alone, in English: a list is dropped, crawled and understood, a CSV is loaded into SQLite', async ({
  dashboard: page,
}) => {
  await using site = await startTargetSite({
    seed: 7,
    latency: { law: 'fixed', value: 300 },
    errorRatio: 0.02,
  })
  const mouse = await onlyMouse(page)
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const isDone = async (count: string): Promise<void> => {
    await expect(page.getByText('done', { exact: true })).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText(`${count} of ${count}`)).toBeVisible()
  }

  await test.step('a list is dropped, what is in flight is set, and the run is started', async () => {
    await expect(page.getByText('Drop files, folders or URLs here')).toBeVisible()
    await mouse.drop(page.locator('main'), [{ name: 'urls.txt', text: await site.list(TASKS) }])
    await expect(page.getByText('1,500 tasks')).toBeVisible()
    const inFlight = page.getByLabel('In flight each')
    const number = page.locator('.number').filter({ has: inFlight })
    await mouse.hold(number.getByRole('button', { name: 'More' }), () =>
      expect(inFlight).toHaveValue(/^\d{3,}$/),
    )
    await mouse.click(number.getByRole('button', { name: 'Clear' }))
    await expect(inFlight).toHaveValue('')
    await mouse.click(button(/^Start/))
    await expect(page).toHaveURL(/#\/runs\/[\w-]+$/)
    await expect(page.getByText('running', { exact: true })).toBeVisible({ timeout: 20_000 })
    await expect(page.getByText('of 64', { exact: true })).toBeVisible()
  })

  await test.step('more is in flight, and it pauses and goes on', async () => {
    await mouse.slide(page.getByRole('slider', { name: 'in flight' }), 0.7)
    const wanted = await page.getByRole('spinbutton', { name: 'in flight' }).inputValue()
    expect(Number(wanted)).toBeGreaterThan(200)
    await expect(page.getByText(`of ${wanted}`, { exact: true })).toBeVisible()
    await mouse.click(button('Pause'))
    await expect(page.getByText('paused', { exact: true })).toBeVisible()
    await mouse.click(button('Go on'))
    await isDone('1,500')
    await mouse.click(page.getByRole('tab', { name: /^Log/ }))
    await expect(page.getByText(new RegExp(`→ ${wanted}`)).first()).toBeVisible()
  })

  await test.step('the failed ones are found, and why', async () => {
    await mouse.click(page.getByRole('tab', { name: /^Errors/ }))
    await expect(page.getByText('E_HTTP_STATUS')).toBeVisible()
    await mouse.click(button('Show these'))
    await expect(page.getByRole('tab', { name: /^Tasks/ })).toHaveAttribute('aria-selected', 'true')
    await mouse.click(page.getByRole('grid').getByText('failed', { exact: true }).first())
    await expect(page.getByRole('complementary').getByText(/500 Internal Server Error/)).toBeVisible()
    await mouse.click(page.getByRole('complementary').getByRole('button', { name: 'Close' }))
  })

  await test.step('loaded anew, the page shows the same; the results are exported', async () => {
    const before = await page.locator('.overview').innerText()
    await page.reload()
    await isDone('1,500')
    expect(await page.locator('.overview').innerText()).toBe(before)
    await mouse.click(button('Export…'))
    await mouse.click(page.getByRole('radio', { name: 'CSV' }))
    const lines = await linesOfDownload(page, () => mouse.click(button('Export')))
    expect(lines).toHaveLength(TASKS + 1)
    await expect(page.getByRole('dialog')).toBeHidden()
  })

  await test.step('the failed ones are retried', async () => {
    const first = page.url()
    await mouse.click(page.getByRole('tab', { name: /^Errors/ }))
    await mouse.click(button('Retry these'))
    await expect(page).not.toHaveURL(first)
    await expect(page.getByText('done', { exact: true })).toBeVisible({ timeout: 30_000 })
  })

  await test.step('a CSV file is chosen and loaded into SQLite', async () => {
    await mouse.click(page.getByRole('link', { name: 'New' }))
    await mouse.click(button('Remove all'))
    await mouse.drop(page.locator('main'), [{ name: 'people.csv', text: peopleCsv(5_000) }])
    await expect(page.getByRole('radio', { name: 'Load' })).toBeChecked()
    await expect(page.getByText('INSERT').first()).toBeVisible()
    const target = await page.getByLabel(/^Destination/).getAttribute('placeholder')
    await mouse.click(button(/^Start/))
    await isDone('5,000')
    expect(peopleIn(target!.replace('sqlite:', ''))).toEqual({ count: 5_000, last: 'name 999, quoted' })
  })
})
