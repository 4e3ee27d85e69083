import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { app, protocol, screen, type BrowserWindow } from 'electron'

import type { Engine } from '../../engine/engine.ts'
import { runsDirectory } from '../../engine/journal/run-paths.ts'
import type { Handlers } from '../../shared/contract/contract.ts'
import { answerFrom, APP_SCHEME, readListedPages } from './app-scheme.ts'
import { makeDesktopEngine } from './desktop-engine.ts'
import { desktopHandlers } from './desktop-handlers.ts'
import { askPath, nativeDialogs } from './dialogs.ts'
import { Grants } from './grants.ts'
import { guardHandlers } from './guarded-handlers.ts'
import { Asking } from './handle.ts'
import { load, makeMainWindow } from './main-window.ts'
import { Opening, type SecondStart } from './opening.ts'
import { localeOfSettings, textsOf, type DesktopText } from './texts.ts'
import { Views } from './views.ts'
import { Wishes } from './wishes.ts'
import { correctPlace, keepPlace, readPlace, type WindowPlace } from './window-place.ts'

interface DesktopOptions {
  readonly dataDir: string
  /** Folder of the built modules. */
  readonly folder: string
  /** Folder of the built dashboard. */
  readonly pages: string
  readonly start: SecondStart
}

/** The app from the moment it is ready to the moment it has let go of everything. */
export class Desktop {
  readonly #options: DesktopOptions
  readonly #engine: Engine
  readonly #grants: Grants
  readonly #wishes = new Wishes()
  readonly #views: Views
  readonly #opening: Opening
  #texts: DesktopText = textsOf('en')
  #window: BrowserWindow | null = null

  constructor(options: DesktopOptions) {
    const { dataDir, folder } = options
    this.#options = options
    mkdirSync(runsDirectory(dataDir), { recursive: true, mode: 0o700 })
    this.#engine = makeDesktopEngine({ dataDir, folder, env: process.env })
    this.#grants = new Grants(dataDir)
    this.#views = new Views({
      asking: new Asking(
        id => this.#window?.webContents.id === id,
        () => performance.now(),
      ),
      grants: this.#grants,
      handlersOf: () => this.#handlers(),
    })
    this.#opening = new Opening({
      grants: this.#grants,
      wish: wish => this.#wishes.push(wish),
      onProblem: error => console.error(`${this.#texts('desktop.openFailed')}: ${error.message}`),
      onOpened: () => this.#show(),
    })
  }

  /** Call it once the app is ready. */
  async run(): Promise<void> {
    const { pages, start } = this.#options
    protocol.handle(APP_SCHEME, answerFrom(pages, readListedPages(pages)))
    this.#opening.attach(app)
    const { language } = await this.#engine.handlers['settings.get']({})
    this.#texts = textsOf(localeOfSettings(language, app.getLocale()))
    await this.#opening.take(start.words, start.cwd)
  }

  /** Stops what runs, orderly but at once, and ends every utility process. */
  async close(): Promise<void> {
    if (this.#window !== null) this.#views.drop(this.#window.webContents.id)
    await this.#engine.close()
  }

  #handlers(): Handlers {
    const windowOf = (): BrowserWindow | null => this.#window
    const texts = (): DesktopText => this.#texts
    const guarded = guardHandlers(this.#engine.handlers, this.#grants, askPath(windowOf, texts))
    return {
      ...guarded,
      ...desktopHandlers({
        handlers: guarded,
        grants: this.#grants,
        wishes: this.#wishes,
        dialogs: nativeDialogs(windowOf, texts),
      }),
    }
  }

  #show(): void {
    if (this.#window === null) this.#open()
    else {
      if (this.#window.isMinimized()) this.#window.restore()
      this.#window.show()
      this.#window.focus()
    }
  }

  #open(): void {
    const placeFile = join(app.getPath('userData'), 'window.json')
    const place = correctPlace(
      readPlace(placeFile),
      screen.getAllDisplays().map(display => display.workArea),
    )
    const window = makeMainWindow({
      place,
      preload: join(this.#options.folder, 'preload.cjs'),
      hasDevTools: !app.isPackaged,
    })
    const { id } = window.webContents
    window.webContents.setZoomLevel(place.zoomLevel)
    window.on('close', () => keepPlace(placeFile, placeOf(window)))
    window.on('closed', () => {
      this.#views.drop(id)
      this.#window = null
    })
    this.#window = window
    load(window).catch((error: unknown) => console.error(`the dashboard cannot be loaded: ${String(error)}`))
  }
}

function placeOf(window: BrowserWindow): WindowPlace {
  const { x, y, width, height } = window.getNormalBounds()
  return {
    x,
    y,
    width,
    height,
    isMaximized: window.isMaximized(),
    zoomLevel: window.webContents.getZoomLevel(),
  }
}
