import { EventEmitter, once } from 'node:events'
import { existsSync } from 'node:fs'

import { allWindowsClosed, app, ends, Preventable } from './app.ts'
import { encode, ownAddress, type AskingFrame } from './bridge.ts'
import { channel } from './channel.ts'
import { loud } from './loud.ts'
import { checkSession } from './session.ts'

interface WebPreferences {
  readonly preload: string
  readonly [name: string]: unknown
}
interface WindowOptions {
  readonly width: number
  readonly height: number
  readonly webPreferences: WebPreferences
  readonly [name: string]: unknown
}

/** What each window must say of itself. */
const NEEDED: Readonly<Record<string, boolean>> = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
}

const windows = new Map<number, BrowserWindow>()
let lastId = 0

export class WebContents extends EventEmitter {
  readonly id: number
  isCrashed_ = false
  #isDestroyed = false
  #zoomLevel = 0
  openHandler: ((details: { readonly url: string }) => { readonly action: string }) | null = null

  constructor(id: number) {
    super()
    this.id = id
  }

  send(name: string, ...args: readonly unknown[]): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed')
    channel.post({ type: 'send', window: this.id, channel: name, args: encode(structuredClone(args)) })
  }

  isDestroyed(): boolean {
    return this.#isDestroyed
  }

  destroy_(): void {
    this.#isDestroyed = true
    this.emit('destroyed')
  }

  setWindowOpenHandler(handler: NonNullable<WebContents['openHandler']>): void {
    this.openHandler = handler
  }

  setZoomLevel(level: number): void {
    this.#zoomLevel = level
  }

  getZoomLevel(): number {
    return this.#zoomLevel
  }

  isCrashed(): boolean {
    return this.isCrashed_
  }

  reload(): void {
    this.isCrashed_ = false
    channel.post({ type: 'reload', window: this.id })
  }
}

class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  readonly #id: number
  readonly #bounds = { x: 0, y: 0, width: 0, height: 0 }
  isShown = false
  isFocused_ = false
  isMaximized_ = false
  progress: readonly [number, string] = [-1, 'none']

  constructor(options: WindowOptions) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    const { webPreferences, width, height } = options
    const wrong = Object.keys(NEEDED).find(name => webPreferences[name] !== NEEDED[name])
    if (wrong !== undefined) throw new Error(`a window must say ${wrong}: ${NEEDED[wrong]}`)
    if (!existsSync(webPreferences.preload)) throw new Error(`there is no preload ${webPreferences.preload}`)
    checkSession()
    lastId += 1
    this.#id = lastId
    Object.assign(this.#bounds, { width, height })
    const contents = new WebContents(this.#id)
    this.webContents = loud('webContents', contents)
    windows.set(this.#id, this)
    contentsOf.set(this.#id, contents)
    channel.post({ type: 'open', window: this.#id, preload: webPreferences.preload })
    app.emit('web-contents-created', new Preventable(), this.webContents)
    if (contents.openHandler === null) throw new Error('a page was made that may open windows')
  }

  async loadURL(address: string): Promise<void> {
    channel.post({ type: 'load', window: this.#id, address })
    for (;;) {
      const [id, problem] = (await once(channel, 'loaded')) as [number, string | null]
      if (id !== this.#id) continue
      if (problem !== null) throw new Error(problem)
      this.emit('ready-to-show')
      return
    }
  }

  show(): void {
    this.isShown = true
    this.focus()
  }

  hide(): void {
    this.isShown = false
  }

  isVisible(): boolean {
    return this.isShown
  }

  focus(): void {
    this.isFocused_ = true
    this.emit('focus')
  }

  isFocused(): boolean {
    return this.isFocused_
  }

  isMinimized(): boolean {
    return false
  }

  maximize(): void {
    this.isMaximized_ = true
  }

  isMaximized(): boolean {
    return this.isMaximized_
  }

  setPosition(x: number, y: number): void {
    Object.assign(this.#bounds, { x, y })
  }

  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return { ...this.#bounds }
  }

  isDestroyed(): boolean {
    return !windows.has(this.#id)
  }

  setProgressBar(value: number, options: { readonly mode?: string } = {}): void {
    this.progress = [value, options.mode ?? 'normal']
  }

  /** Asks first, as the person's click does. @returns Whether it is closed. */
  close(): boolean {
    const closing = new Preventable()
    this.emit('close', closing)
    if (closing.defaultPrevented) return false
    this.destroy()
    return true
  }

  destroy(): void {
    if (!windows.delete(this.#id)) return
    contentsOf.get(this.#id)?.destroy_()
    contentsOf.delete(this.#id)
    channel.post({ type: 'close', window: this.#id })
    this.emit('closed')
    if (windows.size === 0) allWindowsClosed()
  }
}

const contentsOf = new Map<number, WebContents>()
/** For the stand-in's own parts. */
export const windowOf = (id: number): BrowserWindow | undefined => windows.get(id)
export const allWindows = (): readonly BrowserWindow[] => [...windows.values()]

ends.closeWindows = async () => [...windows.values()].every(window => window.close())

/** @returns The frame, as `senderFrame` is. */
export const frameOf = ({ address, isMain }: AskingFrame): unknown => {
  const own = ownAddress(address)
  return loud('WebFrameMain', {
    url: own,
    origin: /^app:\/\/[^/]*/.exec(own)?.[0] ?? new URL(own).origin,
    parent: isMain ? null : {},
    detached: false,
  })
}

channel.on('closed', id => windows.get(id)?.destroy())
channel.answer('navigate', ({ window, address, isMainFrame }) => {
  const event = Object.assign(new Preventable(), { url: ownAddress(address), isMainFrame })
  const contents = contentsOf.get(window)
  if (isMainFrame) contents?.emit('will-navigate', event)
  contents?.emit('will-frame-navigate', event)
  if (!event.defaultPrevented) throw new Error(`nobody prevented the navigation to ${address}`)
  return null
})
channel.answer('open-window', ({ window, address }) => {
  const action = contentsOf.get(window)?.openHandler?.({ url: address }).action
  if (action !== 'deny') throw new Error(`nobody denied the window for ${address}`)
  return null
})

const Loud = new Proxy(BrowserWindow, {
  construct: (of, args: [WindowOptions]) => loud('BrowserWindow', new of(...args)),
})
export { Loud as BrowserWindow }
