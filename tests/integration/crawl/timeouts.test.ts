import { describe, expect, it } from 'vitest'
import { ExecutorHarness } from '../../support/executor-harness.ts'
import {
  always,
  response,
  startScriptedServer,
  type ScriptedConnection,
} from '../../support/scripted-server.ts'

/** Writes a byte at a time until the client has gone. */
function drip({ socket, closed }: ScriptedConnection, byte: string, everyMs: number): Promise<void> {
  const timer = setInterval(() => socket.writable && socket.write(byte), everyMs)
  return closed.finally(() => clearInterval(timer))
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n'
const limits = { sweepMs: 10 }

describe('servers that take their time', () => {
  it('C1 fails a server that never answers when the time for headers is over', async () => {
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      await connection.closed
    })
    await using harness = new ExecutorHarness({
      limits: { ...limits, headersMs: 80 },
      options: { retries: 2 },
    })

    const result = await harness.one(`${server.origin}/`)

    expect(result).toMatchObject({
      outcome: 'failed',
      error: 'E_TIMEOUT_HEADERS',
      retryable: false,
      attempts: 1,
    })
    expect(result.message).toBe(`127.0.0.1:${server.port}: no complete response header within 80 ms`)
    expect(result.numbers).toMatchObject({ status: null, bodyBytes: null, ttfbMs: null })
  })

  it('C2 counts the time for headers from the request, not from the last byte', async () => {
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      connection.send('HTTP/1.1 200 OK\r\nX-Slow: ')
      await drip(connection, 'a', 15)
    })
    await using harness = new ExecutorHarness({ limits: { ...limits, headersMs: 100 } })

    expect((await harness.one(`${server.origin}/`)).error).toBe('E_TIMEOUT_HEADERS')
  })

  it('fails a body that stops coming', async () => {
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      connection.send(`${HEAD}hello`)
      await connection.closed
    })
    await using harness = new ExecutorHarness({ limits: { ...limits, idleMs: 80 } })

    const result = await harness.one(`${server.origin}/`)

    expect(result).toMatchObject({
      error: 'E_TIMEOUT_BODY',
      numbers: { status: 200, bodyBytes: 5, wireBytes: 5 },
    })
  })

  it('C3 fails a body that drips below the least rate', async () => {
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      connection.send(HEAD)
      await drip(connection, 'x', 20)
    })
    await using harness = new ExecutorHarness({
      limits: { ...limits, idleMs: 1_000, rateWindowMs: 200, minBytesPerSec: 100_000 },
    })

    expect((await harness.one(`${server.origin}/`)).error).toBe('E_TOO_SLOW')
  })

  it('C4 ends a body that goes on for ever at the total timeout', async () => {
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      connection.send(HEAD)
      await drip(connection, 'xxxxxxxxxxxxxxxx', 10)
    })
    await using harness = new ExecutorHarness({ limits, options: { timeoutMs: 200 } })

    const result = await harness.one(`${server.origin}/`)

    expect(result).toMatchObject({ error: 'E_TIMEOUT_TOTAL', retryable: false })
    expect(result.numbers.bodyBytes).toBeGreaterThan(0)
  })

  it('counts the redirects of an attempt into its total timeout', async () => {
    let hops = 0
    await using server = await startScriptedServer(async connection => {
      while ((await connection.request()) !== null) {
        await new Promise(resolve => setTimeout(resolve, 60))
        hops += 1
        connection.send(response('', { status: '302 Found', headers: [`Location: /${hops}`] }))
      }
    })
    await using harness = new ExecutorHarness({ limits, options: { timeoutMs: 150 } })

    expect((await harness.one(`${server.origin}/`)).error).toBe('E_TIMEOUT_TOTAL')
  })

  it('a hung host does not keep the lanes of others', async () => {
    await using hung = await startScriptedServer(connection => connection.closed)
    await using honest = await startScriptedServer(always(response('ok')))
    await using harness = new ExecutorHarness({ lanes: 2, limits: { ...limits, headersMs: 150 } })

    const results = await harness.crawl([
      hung.origin,
      ...Array.from({ length: 20 }, (_, at) => `${honest.origin}/${at}`),
    ])

    expect(results.map(({ error }) => error)).toEqual(['E_TIMEOUT_HEADERS', ...Array<null>(20).fill(null)])
  })
})

describe('an abort', () => {
  it('settles what is in flight as cancelled and leaves the lane usable', async () => {
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>()
    await using server = await startScriptedServer(async connection => {
      for (let head = await connection.request(); head !== null; head = await connection.request()) {
        if (head.startsWith('GET /hang')) onAsked()
        else connection.send(response('ok'))
      }
    })
    await using harness = new ExecutorHarness({ lanes: 1 })

    const hanging = harness.one(`${server.origin}/hang`)
    await asked
    harness.abortAll()
    harness.abortAll()

    expect((await hanging).outcome).toBe('cancelled')
    expect((await harness.one(`${server.origin}/`)).outcome).toBe('ok')
  })

  it('settles a body that is still being read as cancelled', async () => {
    const { promise: sent, resolve: onSent } = Promise.withResolvers<void>()
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      connection.send(`${HEAD}hello`)
      onSent()
      await connection.closed
    })
    await using harness = new ExecutorHarness()

    const reading = harness.one(`${server.origin}/`)
    await sent
    harness.abortAll()

    expect((await reading).outcome).toBe('cancelled')
  })
})
