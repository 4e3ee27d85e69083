import type { App, Session, WebContents } from 'electron'

import { isAppAddress } from './app-scheme.ts'

/** Switches that open a packaged app to whoever starts it; the fuses do not cover them. */
const DEBUG_SWITCHES = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'no-sandbox',
  'disable-web-security',
  'js-flags',
  'load-extension',
]

/** @returns The switch for which a packaged app refuses to start; `null` for none. */
export const refusedSwitch = (app: Pick<App, 'isPackaged' | 'commandLine'>): string | null =>
  app.isPackaged ? (DEBUG_SWITCHES.find(name => app.commandLine.hasSwitch(name)) ?? null) : null

/** Nothing that a page is ever granted: by default Electron grants everything. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
}

/** Keeps a page where it is: it shows the dashboard and nothing else, in its own window only. */
export function confine(contents: WebContents, onDenied: (what: string, address: string) => void): void {
  contents.setWindowOpenHandler(({ url }) => {
    onDenied('window', url)
    return { action: 'deny' }
  })
  contents.on('will-navigate', event => {
    if (isAppAddress(event.url)) return
    event.preventDefault()
    onDenied('navigation', event.url)
  })
  contents.on('will-frame-navigate', event => {
    if (isAppAddress(event.url) && event.isMainFrame) return
    event.preventDefault()
    onDenied('frame', event.url)
  })
  contents.on('will-redirect', event => {
    if (isAppAddress(event.url)) return
    event.preventDefault()
    onDenied('redirect', event.url)
  })
  contents.on('will-attach-webview', event => {
    event.preventDefault()
    onDenied('webview', '')
  })
}

/** Sees to it that every session and every page, whoever makes them, is confined. Call it before the app is ready. */
export function confineEverything(app: App, onDenied: (what: string, address: string) => void): void {
  app.on('session-created', denyPermissions)
  app.on('web-contents-created', (_event, contents) => confine(contents, onDenied))
}
