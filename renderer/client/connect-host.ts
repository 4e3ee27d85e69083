import { connectDesktopHost, findDesktop } from './desktop-bridge.ts'
import type { HostBridge } from './host-bridge.ts'
import { connectWebHost } from './web-bridge.ts'

/** Connects this page to its host, whichever that is: nothing else asks. */
export async function connectHost(): Promise<HostBridge> {
  const desktop = findDesktop()
  return desktop === null ? connectWebHost() : connectDesktopHost(desktop)
}
