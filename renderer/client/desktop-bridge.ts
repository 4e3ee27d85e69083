import { connect } from '../../shared/contract/connect.ts'
import type { Client } from '../../shared/contract/contract.ts'
import type { DesktopDoor } from '../../shared/contract/desktop-door.ts'
import { JobError } from '../../shared/model/error.ts'
import { DesktopWire } from './desktop-wire.ts'
import type { Connection, HostBridge } from './host-bridge.ts'
import { upload } from './web-transfers.ts'

/** Pause before a wire that was lost is opened again: the main process is on the same machine. */
const AGAIN_MS = 500

/** @returns What the desktop app's preload script left here; `null` in a browser. */
export const findDesktop = (): DesktopDoor<File> | null =>
  (globalThis as { readonly interleave?: DesktopDoor<File> }).interleave ?? null

/** Connects this page to the main process that it belongs to. */
export async function connectDesktopHost(door: DesktopDoor<File>): Promise<HostBridge> {
  const listeners = new Set<(connection: Connection) => void>()
  let onOpened: ((inputs: readonly string[]) => void) | null = null
  let connection: Connection = 'connecting'
  let client: Client

  const become = (state: Connection): void => {
    connection = state
    for (const listener of listeners) listener(state)
  }
  const open = async (): Promise<void> => {
    const wire = await DesktopWire.open(door)
    client = connect(wire)
    if (onOpened !== null) listenForOpened(client, onOpened)
    wire.onClose(() => {
      become('lost')
      tryLater()
    })
    become('open')
  }
  const tryLater = (): void => void setTimeout(() => open().catch(tryLater), AGAIN_MS)

  await open()
  return {
    get client() {
      return client
    },
    get connection() {
      return connection
    },
    access: 'control',
    onConnection: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    importFiles: async (files, progress, signal) => {
      const paths: string[] = []
      for (const file of files) paths.push(await handOver(door, client, file, { progress, signal }))
      return paths
    },
    saveExport: async ({ exportId, name, bytes }, progress) => {
      const { path } = await client.call('desktop.saveExport', { exportId, name })
      if (path === null) throw notWanted()
      progress(bytes)
    },
    saveText: async (name, text) => {
      const { path } = await client.call('desktop.saveText', { name, text })
      if (path === null) throw notWanted()
    },
    onOpened: listener => {
      onOpened = listener
      if (connection === 'open') listenForOpened(client, listener)
    },
  }
}

/** @returns What a job may name: where the file lies, or where it was sent. */
async function handOver(
  door: DesktopDoor<File>,
  client: Client,
  file: File,
  sending: Parameters<typeof upload>[2],
): Promise<string> {
  const grant = await door.grantFile(file)
  // One that a page has made is nowhere on the disk.
  if (grant === null) return upload(client, file, sending)
  const { path } = await client.call('desktop.redeem', { grant })
  return path
}

const listenForOpened = (client: Client, listener: (inputs: readonly string[]) => void): void =>
  void client.on('desktop.wishes', {}, ({ inputs }) => listener(inputs))

const notWanted = (): JobError => new JobError('E_CANCELLED', 'no place to save it was chosen')
