import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer as createTls } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { ExecutorHarness } from '../../support/executor-harness.ts'
import { always, response, startScriptedServer } from '../../support/scripted-server.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8')
/** For 127.0.0.1, self-signed, valid for a hundred years; its key protects nothing. */
const identity = { key: fixture('key.pem'), cert: fixture('self-signed.pem') }

describe('TLS', () => {
  it('C27 a self-signed certificate fails naming the reason, and is not tried again', async () => {
    await using server = await startScriptedServer(always(response('x')), identity)
    await using harness = new ExecutorHarness({ options: { retries: 2 } })

    const result = await harness.one(server.origin)

    expect(result).toMatchObject({ error: 'E_TLS', retryable: false, attempts: 1 })
    expect(result.message).toBe(
      `TLS with 127.0.0.1:${server.port} failed: the certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)`,
    )
    expect(server.requests).toEqual([])
  })

  it('is not verified under --insecure, and its connections are reused', async () => {
    await using server = await startScriptedServer(always(response('secure')), identity)
    await using harness = new ExecutorHarness({ lanes: 1, options: { insecure: true } })

    const results = await harness.crawl([`${server.origin}/a`, `${server.origin}/b`])

    expect(results.map(({ outcome, numbers }) => [outcome, numbers.bodyBytes])).toEqual([
      ['ok', 6],
      ['ok', 6],
    ])
    expect(harness.counter('connections')).toBe(1)
  })

  it('C27 a handshake that stalls ends at the time for connecting', async () => {
    await using silent = await startScriptedServer(connection => connection.closed)
    await using harness = new ExecutorHarness({ limits: { connectMs: 150, sweepMs: 10 } })

    const result = await harness.one(`https://127.0.0.1:${silent.port}/`)

    expect(result).toMatchObject({ error: 'E_CONNECT', retryable: true })
    expect(result.message).toBe(`127.0.0.1:${silent.port}: no TLS handshake within 150 ms`)
  })

  it('C27 a certificate chain of a megabyte is refused', async () => {
    const long = { key: identity.key, cert: identity.cert.repeat(Math.ceil(2 ** 20 / identity.cert.length)) }
    await using server = await startScriptedServer(always(response('x')), long)
    await using harness = new ExecutorHarness({ options: { insecure: true } })

    const { error, retryable, message } = await harness.one(server.origin)

    expect({ error, retryable }).toEqual({ error: 'E_TLS', retryable: false })
    expect(message!.length).toBeLessThan(300)
  })

  it('C28 offers no HTTP/2, so that no server can choose it', async () => {
    const offered: string[][] = []
    const server = createTls({
      ...identity,
      ALPNCallback: ({ protocols }) => {
        offered.push(protocols)
        return 'http/1.1'
      },
    })
    server.on('tlsClientError', () => undefined).on('secureConnection', socket => socket.destroy())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    await using harness = new ExecutorHarness({ options: { insecure: true } })
    await harness.one(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    server.close()
    expect(offered).toEqual([['http/1.1']])
  })

  it('against a server that speaks plain HTTP fails as TLS', async () => {
    await using plain = await startScriptedServer(connection => {
      connection.send('HTTP/1.1 400 Bad Request\r\n\r\n')
    })
    await using harness = new ExecutorHarness()

    expect((await harness.one(`https://127.0.0.1:${plain.port}/`)).error).toBe('E_TLS')
  })
})
