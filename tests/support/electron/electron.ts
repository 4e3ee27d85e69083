/**
 * Stands in for the module `electron` in the main process: as much of it as the app uses, over pages of a test's browser.
 * A name that is not exported here fails when the app is linked, and a property that is not emulated when it is read.
 */
import { app, becomeReady, ends } from './app.ts'
import { encode, decode, type AnsweredRequest } from './bridge.ts'
import { channel } from './channel.ts'
import { loud } from './loud.ts'
import { living } from './utility-process.ts'
import { allWindows, frameOf, windowOf } from './windows.ts'

export { app } from './app.ts'
export { BrowserWindow } from './windows.ts'
export { utilityProcess } from './utility-process.ts'

ends.leakedPids = () => [...living].map(child => child.realPid)

type Handler = (event: unknown, ...args: readonly unknown[]) => unknown
const handlers = new Map<string, Handler>()

export const ipcMain = loud('ipcMain', {
  handle(name: string, handler: Handler): void {
    if (handlers.has(name)) throw new Error(`Attempted to register a second handler for '${name}'`)
    handlers.set(name, handler)
  },
})

channel.answer('invoke', async ({ window, channel: name, args, frame }) => {
  const handler = handlers.get(name)
  if (handler === undefined) throw new Error(`No handler registered for '${name}'`)
  const sender = windowOf(window)?.webContents
  if (sender === undefined) throw new Error('the page of this call is gone')
  const event = loud('IpcMainInvokeEvent', { sender, senderFrame: frameOf(frame) })
  const value = structuredClone(await handler(event, ...(decode(args) as unknown[])))
  return value === undefined ? null : encode(value)
})

type ProtocolHandler = (request: Request) => Response | Promise<Response>
const schemes = new Map<string, ProtocolHandler>()
let hasPrivileged = false

export const protocol = loud('protocol', {
  registerSchemesAsPrivileged(): void {
    if (app.isReady() || hasPrivileged)
      throw new Error('protocol.registerSchemesAsPrivileged should be called once, before app is ready')
    hasPrivileged = true
  },
  handle(scheme: string, handler: ProtocolHandler): void {
    if (!hasPrivileged) throw new Error(`${scheme} was not registered as privileged`)
    schemes.set(scheme, handler)
  },
})

channel.answer('request', async ({ address, method }): Promise<AnsweredRequest> => {
  const handler = schemes.get(new URL(address).protocol.slice(0, -1))
  if (handler === undefined) throw new Error(`no handler for ${address}`)
  const response = await handler({ url: address, method } as Request)
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  }
})

const ask =
  (kind: string) =>
  (...args: readonly unknown[]): Promise<unknown> =>
    channel.askPerson(kind, structuredClone(args.at(-1)))

/** Answered by the test's script; one that nobody scripted fails the test. */
export const dialog = loud('dialog', {
  showOpenDialog: ask('open'),
  showSaveDialog: ask('save'),
  showMessageBox: ask('message'),
})

export const screen = loud('screen', {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } }],
})

/** What a test may ask of the app beside its page. */
const controls: Readonly<Record<string, (...args: never[]) => unknown>> = {
  emit: (name: string, ...args: unknown[]) =>
    void app.emit(name, { preventDefault: () => undefined }, ...args),
  quit: () => app.quit(),
  version: () => process.versions['electron'],
  windows: () => allWindows().map(({ isShown, progress }) => ({ isShown, progress })),
  children: () => [...living].map(child => child.realPid),
}
channel.answer('control', ({ name, args }) => {
  const control = controls[name]
  if (control === undefined) throw new Error(`the stand-in has no control ${name}`)
  return control(...(args as never[]))
})

// Once the app's modules have run, as in the real one.
setImmediate(() => setImmediate(becomeReady))
