/** Main module of the desktop app. */
import { join } from 'node:path'

import { app, protocol } from 'electron'

import { dataFolderOf } from '../../engine/host/data-folder.ts'
import { APP_SCHEME } from './app-scheme.ts'
import { Desktop } from './desktop.ts'
import type { SecondStart } from './opening.ts'
import { confineEverything, refusedSwitch } from './security.ts'
import { localeOfSettings, textsOf } from './texts.ts'

/** How long an orderly end may take, in milliseconds; the engine's own deadlines are shorter. */
const CLOSING_MS = 12_000

const dataDir = dataFolderOf(undefined)
// What Chromium keeps lies in the data folder too, and there is one app for each of those.
app.setName('Interleave')
app.setPath('userData', join(dataDir, 'desktop'))
app.enableSandbox()
protocol.registerSchemesAsPrivileged([
  {
    scheme: APP_SCHEME,
    privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
  },
])
confineEverything(app, (what, address) => console.error(`denied ${what}: ${address.slice(0, 200)}`))

const start: SecondStart = { words: process.argv.slice(app.isPackaged ? 1 : 2), cwd: process.cwd() }
const refused = refusedSwitch(app)
if (refused !== null) {
  console.error(
    textsOf(localeOfSettings('auto', app.getLocale()))('desktop.refusedSwitch', { name: refused }),
  )
  app.exit(2)
} else if (!app.requestSingleInstanceLock({ ...start })) app.exit(0)
else void app.whenReady().then(run)

async function run(): Promise<void> {
  const desktop = new Desktop({
    dataDir,
    folder: import.meta.dirname,
    pages: join(import.meta.dirname, '../renderer'),
    start,
  })
  let state: 'open' | 'closing' | 'closed' = 'open'
  app.on('window-all-closed', () => app.quit())
  app.on('will-quit', event => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    const timer = setTimeout(() => app.exit(1), CLOSING_MS)
    void desktop
      .close()
      .catch((error: unknown) => console.error(`the engine did not end in order: ${String(error)}`))
      .finally(() => {
        clearTimeout(timer)
        state = 'closed'
        app.quit()
      })
  })
  await desktop.run()
}
