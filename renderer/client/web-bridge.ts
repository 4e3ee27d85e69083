import type { HostBridge } from './host-bridge.ts'
import { saveFile } from './save-file.ts'
import { WebConnection } from './web-connection.ts'
import { WebSignIn } from './web-sign-in.ts'
import { download, upload } from './web-transfers.ts'

const CODE = /^#code=([\w-]{43})$/

/**
 * Connects this page to the host that it came from. Call it before the router starts: the one-time code is taken out of
 * the address, and out of the history, before anything else reads it.
 *
 * @returns When the first attempt has ended, whether or not it led to a connection.
 */
export async function connectWebHost(): Promise<HostBridge> {
  const { origin } = location
  const signIn = new WebSignIn(origin, sessionStorage, takeCode())
  const connection = new WebConnection(signIn, origin)
  // Another address of the same host, pasted into this tab, changes its fragment only.
  addEventListener('hashchange', () => {
    const code = takeCode()
    if (code === null) return
    signIn.setCode(code)
    connection.hurry()
  })
  addEventListener('online', () => connection.hurry())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && connection.state === 'lost') connection.hurry()
  })
  await connection.open()
  return {
    get client() {
      return connection.client
    },
    get connection() {
      return connection.state
    },
    get access() {
      return connection.access
    },
    onConnection: listener => connection.onChange(listener),
    importFiles: async (files, progress, signal) => {
      const paths: string[] = []
      for (const file of files) paths.push(await upload(connection.client, file, { progress, signal }))
      return paths
    },
    saveExport: async (ref, progress, signal) => {
      const { client } = connection
      saveFile(ref.name, await download(client, ref, { progress, signal }))
      await client.call('export.drop', { exportId: ref.exportId })
    },
    saveText: async (name, text) => saveFile(name, new Blob([text], { type: 'text/plain;charset=utf-8' })),
  }
}

/** @returns The code in the address, which is not there any more; `null` for none. */
function takeCode(): string | null {
  const { hash, pathname, search } = location
  if (!hash.startsWith('#code=')) return null
  history.replaceState(null, '', `${pathname}${search}`)
  return CODE.exec(hash)?.[1] ?? null
}
