import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

import { afterEach, describe, expect, it } from 'vitest'

import { askRedis, redisPlaces } from '../../../../engine/host/redis-probe.ts'

const open: { readonly server: Server; readonly sockets: Set<Socket> }[] = []
afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
})

/** A server that answers each chunk with what `reply` makes of all it was sent. */
async function serve(reply: (asked: string) => string | null): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    let asked = ''
    socket.on('error', () => undefined)
    socket.setEncoding('latin1').on('data', (text: string) => {
      asked += text
      const answer = reply(asked)
      if (answer !== null) socket.write(answer)
    })
  })
  open.push({ server, sockets })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const INFO = '$27\r\n# Server\r\nredis_version:7.0.15\r\n'
const ask = (port: number, password: string | null = null, timeoutMs = 5_000) =>
  askRedis({ host: '127.0.0.1', port, password }, timeoutMs)

describe('askRedis', () => {
  it('reads the version that a server tells', async () => {
    const port = await serve(() => INFO)
    expect(await ask(port)).toEqual({ where: `127.0.0.1:${port}`, version: '7.0.15' })
  })

  it('tells a server that wants a password from none', async () => {
    const port = await serve(() => '-NOAUTH Authentication required.\r\n')
    expect(await ask(port)).toEqual({ where: `127.0.0.1:${port}`, version: null })
  })

  it('gives the password first, as data', async () => {
    const port = await serve(asked =>
      asked.includes('*2\r\n$4\r\nAUTH\r\n$8\r\npa\r\nss w\r\n') && asked.includes('INFO') ? INFO : null,
    )
    expect(await ask(port, 'pa\r\nss w')).toMatchObject({ version: '7.0.15' })
  })

  it('takes a server that speaks something else, or nothing, for none', async () => {
    const http = await serve(() => `HTTP/1.1 400 Bad Request\r\n${'x'.repeat(70_000)}`)
    const silent = await serve(() => null)
    expect(await Promise.all([ask(http), ask(silent, null, 50)])).toEqual([null, null])
  })

  it('answers at once where nothing listens', async () => {
    const port = await serve(() => null)
    const { server } = open.pop()!
    server.close()
    await once(server, 'close')
    expect(await ask(port)).toBeNull()
  })
})

describe('redisPlaces', () => {
  const local = { host: '127.0.0.1', port: 6379, password: null }

  it('looks where REDIS_URL says, then at the default address', () => {
    expect(redisPlaces('redis://user:p%40ss@[::1]:7000/2')).toEqual([
      { host: '::1', port: 7000, password: 'p@ss' },
      local,
    ])
    expect(redisPlaces('redis://127.0.0.1')).toEqual([local])
  })

  it('ignores what is no plain Redis address', () => {
    expect([redisPlaces(undefined), redisPlaces('nonsense'), redisPlaces('https://example.org')]).toEqual([
      [local],
      [local],
      [local],
    ])
  })
})
