import { once } from 'node:events'

import { WebSocket, WebSocketServer } from 'ws'

import { SocketWire } from '../../headless/web/socket-wire.ts'
import { WebWire } from '../../renderer/client/web-wire.ts'
import { describeWire, type WirePair } from './wire.ts'

const OPTIONS = { gatherMs: 5, waitingBytes: 64 * 2 ** 20 }

async function makeSockets() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[WebSocket]>
  const { port } = server.address() as { readonly port: number }
  const dispose = async (): Promise<void> => {
    for (const socket of server.clients) socket.terminate()
    await new Promise(resolve => server.close(resolve))
  }
  return { url: `ws://127.0.0.1:${port}`, accepted, dispose }
}

describeWire('web socket', async (): Promise<WirePair> => {
  const { url, accepted, dispose } = await makeSockets()
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const view = new SocketWire(socket, { ...OPTIONS, gatherMs: 0 })
  await once(socket, 'open')
  const [hostSocket] = await accepted
  return { host: new SocketWire(hostSocket, OPTIONS), view, dispose }
})

describeWire('web socket of a browser', async (): Promise<WirePair> => {
  const { url, accepted, dispose } = await makeSockets()
  // Node's own WebSocket is one of a browser.
  const socket = new globalThis.WebSocket(url)
  const view = new WebWire(socket)
  await new Promise(resolve => (socket.onopen = resolve))
  const [hostSocket] = await accepted
  return { host: new SocketWire(hostSocket, OPTIONS), view, dispose }
})
