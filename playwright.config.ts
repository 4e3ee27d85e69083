import { defineConfig } from '@playwright/test'

import { needChromium } from './tests/support/install-chromium.ts'

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'out/e2e',
  // Each test has a host of its own, and the host its workers: two cores are busy with one of them.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  retries: 0,
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
