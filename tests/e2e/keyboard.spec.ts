import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { onlyKeyboard } from '../support/e2e/keyboard.ts'
import { startTargetSite } from '../support/e2e/target-site.ts'
import { expect, test } from '../support/e2e/test.ts'
import { linesOfDownload, peopleCsv, peopleIn } from '../support/e2e/written.ts'

const TASKS = 2_000

test('with the keyboard alone, in Chinese: a list is crawled, steered and understood, a folder is loaded', async ({
  dashboard: page,
  folder,
}) => {
  await using site = await startTargetSite({
    seed: 7,
    latency: { law: 'fixed', value: 120 },
    errorRatio: 0.02,
  })
  const list = join(folder, 'urls.txt')
  writeFileSync(list, await site.list(TASKS))
  const keys = await onlyKeyboard(page)
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const isDone = async (count: string): Promise<void> => {
    await expect(page.getByText('完成', { exact: true }).first()).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText(`${count} / ${count}`, { exact: true })).toBeVisible()
  }

  await test.step('the language is chosen', async () => {
    await keys.press('g', 's')
    await keys.choose(page.getByRole('radio', { name: '简体中文' }))
    await expect(page.getByRole('heading', { name: '设置' })).toBeVisible()
  })

  await test.step('a path is typed, what is in flight is set, and the run is started', async () => {
    await keys.press('g', 'n')
    await keys.write(page.getByLabel('路径或 URL'), list)
    await keys.press('Enter')
    await expect(page.getByText('2,000 个任务')).toBeVisible()
    await keys.write(page.getByLabel('每循环并发数'), '8')
    await keys.press('ControlOrMeta+Enter')
    await expect(page.getByText('运行中', { exact: true })).toBeVisible({ timeout: 20_000 })
  })

  await test.step('more is in flight, and it pauses and goes on', async () => {
    await keys.write(page.getByRole('spinbutton', { name: '并发数' }), '64')
    await keys.press('Enter')
    await expect(page.getByText('/ 64', { exact: true })).toBeVisible()
    await keys.press('Escape', ' ')
    await expect(page.getByText('已暂停', { exact: true })).toBeVisible()
    await keys.press(' ')
    await expect(page.getByText('运行中', { exact: true })).toBeVisible()
    await isDone('2,000')
  })

  await test.step('the failed ones are found, and why', async () => {
    await keys.press('3')
    await expect(page.getByText('E_HTTP_STATUS')).toBeVisible()
    await keys.push(button('查看这些'))
    await keys.reach(page.getByRole('grid', { name: '任务' }))
    await keys.press('ArrowDown', 'Enter')
    await expect(page.getByRole('complementary').getByText(/500 Internal Server Error/)).toBeVisible()
    await keys.press('Escape')
    await expect(page.getByRole('complementary')).toBeHidden()
  })

  await test.step('loaded anew, the page shows the same; the results are exported', async () => {
    const before = await page.locator('.overview').innerText()
    await page.reload()
    await isDone('2,000')
    expect(await page.locator('.overview').innerText()).toBe(before)
    await keys.push(button('导出…'))
    await keys.choose(page.getByRole('radio', { name: 'CSV' }))
    const lines = await linesOfDownload(page, () => keys.push(button('导出')))
    expect(lines).toHaveLength(TASKS + 1)
    await expect(page.getByRole('dialog')).toBeHidden()
  })

  await test.step('the failed ones are retried', async () => {
    const first = page.url()
    await keys.press('3')
    await keys.push(button('重试这些'))
    await expect(page).not.toHaveURL(first)
    await expect(page.getByText('运行中', { exact: true })).toBeVisible()
  })

  await test.step('a folder with a CSV is loaded into SQLite', async () => {
    const people = join(folder, 'people')
    mkdirSync(people)
    writeFileSync(join(people, 'people.csv'), peopleCsv(5_000))
    await keys.press('g', 'n')
    await keys.push(button('全部移除'))
    await keys.give(button('选择文件夹'), people)
    await expect(page.getByRole('radio', { name: '载入' })).toBeChecked()
    await keys.write(page.getByLabel('目标', { exact: true }), `sqlite:${people}.db`)
    await keys.press('ControlOrMeta+Enter')
    await isDone('5,000')
    expect(peopleIn(`${people}.db`)).toEqual({ count: 5_000, last: 'name 999, quoted' })
  })
})
