import { chromium, type Browser, type Page } from '@playwright/test'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { browserFlags, startDashboard } from '../harness/dashboard.ts'
import { treeCpuSec } from '../harness/process-tree.ts'
import { runCommand } from '../harness/run-command.ts'
import { runRounds } from '../harness/rounds.ts'
import {
  atMost,
  type BenchOptions,
  type Contender,
  type Report,
  type Sample,
  type Scenario,
} from '../harness/scenario.ts'
import { needChromium } from '../../tests/support/install-chromium.ts'

const COMMAND = fileURLToPath(new URL('../../bin/interleave.mjs', import.meta.url))
/** What was run before is in the list, and does nothing. */
const ENDED_RUNS = 20
/** Until what was begun to show a page has come to its end. */
const SETTLE_MS = 8_000
const MEASURE_MS = 30_000
const PLACES = { 'page: new': '#/', 'page: runs': '#/runs', 'page: an ended run': '#/runs/latest' } as const

/** CPU seconds of the processes that draw pages. */
async function pagesCpuSec(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { cpuTime }) => sum + cpuTime, 0)
}

/** @returns Per cent of a core that the host takes, and, where there is a page, that it takes. */
async function measure(hostPid: number, browser: Browser | null, forMs: number): Promise<Sample> {
  await pause(SETTLE_MS)
  const read = async () => ({
    host: treeCpuSec(hostPid),
    page: browser === null ? NaN : await pagesCpuSec(browser),
    atMs: performance.now(),
  })
  const before = await read()
  await pause(forMs)
  const after = await read()
  const percent = (sec: number): number => (sec * 100_000) / (after.atMs - before.atMs)
  return {
    value: percent(after.host - before.host),
    also: { 'page % of a core': percent(after.page - before.page) },
  }
}

async function compare(options: BenchOptions): Promise<Report> {
  const dataDir = join(options.workDir, 'idle')
  const forMs = options.isQuick ? MEASURE_MS / 3 : MEASURE_MS
  const flags = ['--tasks', '10', '--json', '--quiet', '--data-dir', dataDir]
  for (let run = 0; run < (options.isQuick ? 2 : ENDED_RUNS); run += 1)
    await runCommand({ line: [process.execPath, COMMAND, 'cpu', ...flags], core: null })
  await using host = await startDashboard(dataDir)
  let browser: Browser | null = null
  let page: Page | null = null
  const look = async (hash: string): Promise<Sample> => {
    browser ??= await chromium.launch({ executablePath: needChromium(), args: browserFlags() })
    if (page === null) {
      page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      await page.goto(host.url)
    }
    await page.evaluate(`location.assign(${JSON.stringify(hash)})`)
    return measure(host.pid, browser, forMs)
  }
  const contenders: Contender[] = Object.entries(PLACES).map(([name, hash]) => ({
    name,
    run: () => look(hash),
  }))
  try {
    const nobody = { name: 'no page', run: () => measure(host.pid, null, forMs) }
    const alone = await runRounds([nobody], 1)
    const rounds = await runRounds(contenders, options.rounds)
    const names = Object.keys(PLACES)
    const most = Math.max(...names.flatMap(name => rounds.values(name)), ...alone.values('no page'))
    const mostOfPage = Math.max(
      ...names.flatMap(name => rounds.samples(name).map(({ also }) => also['page % of a core']!)),
    )
    return {
      rows: [...alone.table('host % of a core', 'no page'), ...rounds.table('host % of a core', names[0]!)],
      goals: [
        atMost('the host when nothing runs, % of a core', most, 1),
        atMost('a page when nothing runs, % of a core', mostOfPage, 1),
      ],
      notes: [
        `over ${forMs / 1_000} s each, ${SETTLE_MS / 1_000} s after the page was asked for; CPU is told in steps of 10 ms`,
      ],
    }
  } finally {
    await (browser as Browser | null)?.close()
  }
}

/** What the dashboard costs while nobody wants anything of it. */
export const idle: Scenario = {
  name: 'idle',
  title: 'CPU of the dashboard when nothing runs',
  run: compare,
}
