import { chromium, type Page } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { needChromium } from '../../tests/support/install-chromium.ts'

const COMMAND = fileURLToPath(new URL('../../bin/interleave.mjs', import.meta.url))
const MEBIBYTE = 2 ** 20

/** The host of a data directory in a process of its own; dispose of it. */
export interface Dashboard extends AsyncDisposable {
  readonly url: string
  readonly pid: number
}

export async function startDashboard(dataDir: string): Promise<Dashboard> {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', '--quiet', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return {
    url,
    pid: child.pid!,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** A browser that draws by itself; root has no sandbox. */
export const browserFlags = (): string[] => [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-dev-shm-usage',
]

/** What a page took while it watched a run. */
export interface Watching {
  readonly firstPaintMs: number
  /** Most messages of one second. */
  readonly messagesPerSec: number
  readonly heapMiB: number
}

/** A page that watches the next run of a dashboard's data directory; dispose of it. */
export interface Watcher extends AsyncDisposable {
  read(): Promise<Watching>
}

export async function watchNextRun({ url }: Dashboard): Promise<Watcher> {
  const browser = await chromium.launch({
    executablePath: needChromium(),
    args: browserFlags(),
  })
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const session = await page.context().newCDPSession(page)
  const messages = new Map<number, number>()
  await session.send('Network.enable')
  await session.send('Performance.enable')
  session.on('Network.webSocketFrameReceived', () => {
    const second = Math.floor(performance.now() / 1_000)
    messages.set(second, (messages.get(second) ?? 0) + 1)
  })
  await page.goto(url)
  await page.getByRole('link', { name: 'Runs', exact: true }).click()
  // Looked at as soon as it is in the list.
  const opening = page.locator('[role=grid] a').first().click({ timeout: 60_000 })
  return {
    read: async () => {
      await opening
      const { metrics } = await session.send('Performance.getMetrics')
      const heapBytes = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? NaN
      return {
        firstPaintMs: await firstPaint(page),
        messagesPerSec: Math.max(0, ...messages.values()),
        heapMiB: heapBytes / MEBIBYTE,
      }
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

const firstPaint = (page: Page): Promise<number> =>
  page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN)
