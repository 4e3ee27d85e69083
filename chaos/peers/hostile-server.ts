import { readFileSync } from 'node:fs'
import { redirect, startScriptedServer, type Script } from '../../tests/support/scripted-server.ts'
import { HOSTILE_ACTS } from './hostile-acts.ts'

// Everything that a server can do to a crawler, in a process of its own: `/act/<name>` does it. Beside it a server that
// only TLS without a known certificate leads to, and one that nobody typed and nobody may be led to.

const fixture = (name: string): string =>
  readFileSync(new URL(`../../tests/fixtures/tls/${name}`, import.meta.url), 'utf8')

const neighbour = await startScriptedServer(() => undefined)
const hostile: Script = async connection => {
  for (let head = await connection.request(); head !== null; head = await connection.request()) {
    const name = /^\w+ \/act\/([\w-]+)/.exec(head)?.[1] ?? ''
    if (name === 'to-neighbour') connection.send(redirect(`${neighbour.origin}/secret`))
    else await HOSTILE_ACTS[name]?.act(connection)
  }
}
const plain = await startScriptedServer(hostile)
const secure = await startScriptedServer(hostile, {
  key: fixture('key.pem'),
  cert: fixture('self-signed.pem'),
})

process.on('disconnect', () => process.exit())
process.on('message', () => process.send?.({ neighbourConnections: neighbour.connections }))
process.send?.({ plain: plain.origin, secure: secure.origin })
