import { contextBridge, ipcRenderer, webUtils } from 'electron'

import type { DesktopDoor } from '../../shared/contract/desktop-door.ts'
import { CHANNEL } from '../ipc/channels.ts'

let onPack: ((pack: Uint8Array) => void) | null = null
let onClosed: (() => void) | null = null
let wireId = 0
/** Packs of a wire that is being opened: they may overtake the answer that names it. */
let early: (readonly [id: number, pack: Uint8Array])[] | null = null

const take = (id: number, pack: Uint8Array): void => {
  if (id !== wireId) return
  onPack?.(pack)
  void ipcRenderer.invoke(CHANNEL.took, id, pack.byteLength).catch(() => undefined)
}

ipcRenderer.on(CHANNEL.pack, (_event, id: number, pack: Uint8Array) => {
  if (early === null) take(id, pack)
  else early.push([id, pack])
})
ipcRenderer.on(CHANNEL.closed, (_event, id: number) => {
  if (id === wireId) onClosed?.()
})

const door: DesktopDoor<File> = {
  openWire: async (takePack, takeClosed) => {
    const waiting: (readonly [number, Uint8Array])[] = []
    onPack = takePack
    onClosed = takeClosed
    early = waiting
    try {
      wireId = (await ipcRenderer.invoke(CHANNEL.open)) as number
    } finally {
      early = null
    }
    for (const [id, pack] of waiting) take(id, pack)
  },
  send: async pack => {
    await ipcRenderer.invoke(CHANNEL.send, wireId, pack)
  },
  closeWire: () => void ipcRenderer.invoke(CHANNEL.close, wireId).catch(() => undefined),
  grantFile: async file => {
    const path = webUtils.getPathForFile(file)
    return path === '' ? null : ((await ipcRenderer.invoke(CHANNEL.grant, path)) as string)
  },
}

contextBridge.exposeInMainWorld('interleave', door)
