import { defineConfig } from '@playwright/test'

import type { Target } from './tests/support/e2e/test.ts'
import { needChromium } from './tests/support/install-chromium.ts'

/** What the desktop app shows too, on the stand-in for electron: the rest of it is the same page. */
const ON_DESKTOP = /with the mouse alone|of the command line appear|language changes|desktop:/

export default defineConfig<Target>({
  testDir: 'tests/e2e',
  outputDir: 'out/e2e',
  // Each test has a host of its own, and the host its workers: two cores are busy with one of them.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  retries: 0,
  projects: [
    { name: 'web', testIgnore: 'tests/e2e/desktop/**', use: { target: 'web' } },
    { name: 'desktop', grep: ON_DESKTOP, use: { target: 'desktop' } },
  ],
  use: {
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath: needChromium(),
      // As root there is no sandbox, and containers have little shared memory.
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-dev-shm-usage',
      ],
    },
    screenshot: 'only-on-failure',
  },
})
