import { BrowserWindow } from 'electron'

import { APP_ORIGIN } from './app-scheme.ts'
import type { WindowPlace } from './window-place.ts'

interface MainWindowOptions {
  readonly place: WindowPlace
  /** File of the built preload script. */
  readonly preload: string
  readonly hasDevTools: boolean
}

/** The only place where windows are made. */
export function makeMainWindow({ place, preload, hasDevTools }: MainWindowOptions): BrowserWindow {
  const { width, height, isMaximized } = place
  const window = new BrowserWindow({
    width,
    height,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Interleave',
    backgroundColor: '#0E1116',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: hasDevTools,
    },
  })
  if (place.x !== null && place.y !== null) window.setPosition(place.x, place.y)
  if (isMaximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  return window
}

export const load = (window: BrowserWindow): Promise<void> => window.loadURL(`${APP_ORIGIN}/`)
