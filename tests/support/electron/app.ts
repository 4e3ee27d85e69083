import { EventEmitter } from 'node:events'
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { channel } from './channel.ts'
import { loud } from './loud.ts'

/** An event that can be prevented. */
export class Preventable {
  defaultPrevented = false
  preventDefault(): void {
    this.defaultPrevented = true
  }
}

/** Ends of other parts, set by them: this file imports none of them. */
export const ends: {
  /** @returns False when a window did not let itself be closed. */
  closeWindows: () => Promise<boolean>
  leakedPids: () => readonly number[]
} = { closeWindows: async () => true, leakedPids: () => [] }

class App extends EventEmitter {
  readonly isPackaged = false
  readonly commandLine = loud('app.commandLine', {
    hasSwitch: (name: string) => process.argv.includes(`--${name}`),
  })
  #isReady = false
  #isQuitting = false
  #hasSandbox = false
  #name = 'Electron'
  #lock: string | null = null
  readonly #paths = new Map<string, string>([['userData', join(tmpdir(), 'stand-in')]])

  becomeReady(): void {
    if (!this.#hasSandbox) throw new Error('the app did not enable the sandbox before it was ready')
    this.#isReady = true
    this.emit('ready')
  }

  isReady(): boolean {
    return this.#isReady
  }

  /** Not told to an app that is quitting anyway. */
  allWindowsClosed(): void {
    if (!this.#isQuitting) this.emit('window-all-closed')
  }

  async whenReady(): Promise<void> {
    if (!this.#isReady) await new Promise<void>(resolve => this.once('ready', () => resolve()))
  }

  setName(name: string): void {
    this.#name = name
  }

  getName(): string {
    return this.#name
  }

  getLocale(): string {
    return 'en-US'
  }

  getVersion(): string {
    return '0.0.0-stand-in'
  }

  setPath(name: string, path: string): void {
    mkdirSync(path, { recursive: true })
    this.#paths.set(name, path)
  }

  getPath(name: string): string {
    const path = this.#paths.get(name)
    if (path === undefined) throw new Error(`the stand-in for electron has no path ${name}`)
    return path
  }

  enableSandbox(): void {
    if (this.#isReady) throw new Error('enableSandbox must be called before the app is ready')
    this.#hasSandbox = true
  }

  requestSingleInstanceLock(_data?: unknown): boolean {
    const file = join(this.getPath('userData'), 'stand-in.lock')
    try {
      closeSync(openSync(file, 'wx'))
    } catch {
      return false
    }
    this.#lock = file
    return true
  }

  quit(): void {
    void this.#quit()
  }

  async #quit(): Promise<void> {
    if (!this.#isQuitting) {
      const before = new Preventable()
      this.emit('before-quit', before)
      if (before.defaultPrevented) return
      this.#isQuitting = true
      if (!(await ends.closeWindows())) {
        this.#isQuitting = false
        return
      }
    }
    const will = new Preventable()
    this.emit('will-quit', will)
    if (!will.defaultPrevented) this.exit(0)
  }

  exit(code = 0): void {
    this.emit('quit', new Preventable(), code)
    if (this.#lock !== null) rmSync(this.#lock, { force: true })
    channel.post({ type: 'leaked', pids: ends.leakedPids() })
    // What was posted leaves first.
    process.removeAllListeners('disconnect')
    process.disconnect()
    process.exitCode = code
    setImmediate(() => process.exit(code))
  }
}

const made = new App()
/** For the stand-in's own parts. */
export const becomeReady = (): void => made.becomeReady()
export const allWindowsClosed = (): void => made.allWindowsClosed()
export const app = loud('app', made)
