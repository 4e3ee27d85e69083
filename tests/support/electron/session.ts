import { app } from './app.ts'
import { loud } from './loud.ts'

/** Whoever is not told otherwise lets pages have everything. */
const NEEDED = [
  'setPermissionRequestHandler',
  'setPermissionCheckHandler',
  'setDevicePermissionHandler',
  'setDisplayMediaRequestHandler',
] as const

const told = new Set<string>()
const session = loud('session', Object.fromEntries(NEEDED.map(name => [name, () => void told.add(name)])))

/** Called by the first window, as the first session is made. */
export function checkSession(): void {
  app.emit('session-created', session)
  const missing = NEEDED.find(name => !told.has(name))
  if (missing !== undefined) throw new Error(`a session was made without ${missing}`)
}
