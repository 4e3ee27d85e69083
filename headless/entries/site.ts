import type { SiteListening } from '../site/fork.ts'
import type { SiteLaws } from '../site/laws.ts'
import { startSite } from '../site/server.ts'

// The target site in a process of its own. Forked, it sends its port and ends with its parent; run by hand, it prints
// its port and ends by a signal. The one argument is a JSON object of laws.
const site = await startSite(JSON.parse(process.argv[2] ?? '{}') as Partial<SiteLaws>)
const message: SiteListening = { type: 'listening', port: site.port }

if (process.send === undefined) console.log(JSON.stringify(message))
else {
  process.on('disconnect', () => void site[Symbol.asyncDispose]())
  process.send(message)
}
