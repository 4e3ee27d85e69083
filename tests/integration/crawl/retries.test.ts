import { describe, expect, it } from 'vitest'
import { ExecutorHarness } from '../../support/executor-harness.ts'
import { always, response, startScriptedServer, type Script } from '../../support/scripted-server.ts'

const closedPort = async (): Promise<number> => {
  const server = await startScriptedServer(() => undefined)
  await server[Symbol.asyncDispose]()
  return server.port
}

/** Answers each request with the next of the answers, the last one for ever. */
const inTurn = (...answers: readonly (string | Buffer)[]): Script => {
  let at = 0
  return async connection => {
    while ((await connection.request()) !== null) {
      connection.send(answers[Math.min(at, answers.length - 1)]!)
      at += 1
    }
  }
}

describe('what passes', () => {
  it('is tried again with growing delays, and the record is of the last attempt', async () => {
    const busy = response('busy', { status: '503 Service Unavailable' })
    await using server = await startScriptedServer(inTurn(busy, busy, response('fine')))
    await using harness = new ExecutorHarness({ options: { retries: 2 } })

    const result = await harness.one(server.origin)

    expect(result).toMatchObject({ outcome: 'ok', attempts: 3, numbers: { status: 200, bodyBytes: 4 } })
    expect(result.delaysMs.map(delay => Math.round(delay / 100) * 100)).toEqual([1_000, 2_000])
  })

  it('fails when its retries are used up', async () => {
    await using server = await startScriptedServer(always(response('', { status: '429 Too Many Requests' })))
    await using harness = new ExecutorHarness({ options: { retries: 1 } })

    expect(await harness.one(server.origin)).toMatchObject({
      outcome: 'failed',
      error: 'E_HTTP_STATUS',
      retryable: true,
      attempts: 2,
    })
  })

  it('C37 waits as long as Retry-After says, an hour at most', async () => {
    const values = [
      '7',
      '1000000000000',
      '-5',
      'Fri, 31 Dec 9999 23:59:59 GMT',
      'Thu, 01 Jan 1970 00:00:00 GMT',
      'soon',
    ]
    const delays: number[] = []
    for (const value of values) {
      const busy = response('', { status: '503 Service Unavailable', headers: [`Retry-After: ${value}`] })
      await using server = await startScriptedServer(inTurn(busy, response('')))
      await using harness = new ExecutorHarness({ options: { retries: 1 } })
      delays.push(Math.round((await harness.one(server.origin)).delaysMs[0]! / 1_000))
    }

    expect(delays).toEqual([7, 3_600, 1, 3_600, 1, 1])
  })

  it('C7 a body that ends too early is tried again', async () => {
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      if (connection.number === 1)
        connection.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello')
      else connection.send(response('whole'))
    })
    await using harness = new ExecutorHarness({ options: { retries: 1 } })
    await using strict = new ExecutorHarness()

    expect(await harness.one(server.origin)).toMatchObject({ outcome: 'ok', attempts: 2 })
    await using cut = await startScriptedServer(async connection => {
      await connection.request()
      connection.socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel')
    })
    expect(await strict.one(cut.origin)).toMatchObject({ error: 'E_TRUNCATED', retryable: true })
  })

  it('a refused connection names what to look at', async () => {
    const port = await closedPort()
    await using harness = new ExecutorHarness({ options: { retries: 1 } })

    expect(await harness.one(`http://127.0.0.1:${port}/`)).toMatchObject({
      error: 'E_CONNECT',
      message: `could not connect to 127.0.0.1:${port} (ECONNREFUSED): nothing listens there`,
      retryable: true,
      attempts: 2,
      numbers: { status: null, connectMs: null },
    })
  })
})

describe('connections that break', () => {
  it('C32 a reused connection closed at the moment of the request costs no attempt', async () => {
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      connection.send(response('first'))
      // The next request of this connection is read, and nothing but a FIN comes back.
      if ((await connection.request()) !== null) connection.socket.end()
    })
    await using harness = new ExecutorHarness({ lanes: 1 })

    const results = await harness.crawl(['/a', '/b', '/c', '/d'].map(path => server.origin + path))

    expect(results.map(({ outcome, attempts }) => [outcome, attempts])).toEqual(Array(4).fill(['ok', 1]))
  })

  it('a new connection closed without an answer is a failure that passes', async () => {
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      connection.socket.end()
    })
    await using harness = new ExecutorHarness()

    const result = await harness.one(server.origin)

    expect(result).toMatchObject({ error: 'E_CONNECT', retryable: true, attempts: 1 })
    expect(result.message).toContain('closed the connection without an answer')
  })

  it('C45 a reset or a half-close before the last byte is a truncated answer', async () => {
    const part = 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'
    const scripts: readonly Script[] = [
      async connection => {
        await connection.request()
        connection.send(part + 'x'.repeat(99_999))
        setImmediate(() => connection.socket.resetAndDestroy())
      },
      async connection => {
        await connection.request()
        connection.socket.end(part + 'x'.repeat(99_999))
      },
      async connection => {
        await connection.request()
        connection.socket.end('HTTP/1.1 200 OK\r\nContent-Le')
      },
    ]
    const errors: unknown[] = []
    for (const script of scripts) {
      await using server = await startScriptedServer(script)
      await using harness = new ExecutorHarness()
      errors.push((await harness.one(server.origin)).error)
    }

    expect(errors[0]).toMatch(/^E_(TRUNCATED|CONNECT)$/)
    expect(errors.slice(1)).toEqual(['E_TRUNCATED', 'E_TRUNCATED'])
  })

  it('a body that ends with its connection is whole', async () => {
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      connection.socket.end('HTTP/1.0 200 OK\r\n\r\nuntil the end')
    })
    await using harness = new ExecutorHarness()

    expect(await harness.one(server.origin)).toMatchObject({ outcome: 'ok', numbers: { bodyBytes: 13 } })
  })

  it('connections are opened again where the server closes each', async () => {
    await using server = await startScriptedServer(async connection => {
      await connection.request()
      connection.socket.end(response('x', { headers: ['Connection: close'] }))
    })
    await using harness = new ExecutorHarness({ lanes: 2 })

    const results = await harness.crawl(Array.from({ length: 10 }, (_, at) => `${server.origin}/${at}`))

    expect(results.every(({ outcome, attempts }) => outcome === 'ok' && attempts === 1)).toBe(true)
    expect(results.every(({ numbers }) => numbers.connectMs! > 0)).toBe(true)
    expect(harness.counter('connections')).toBe(10)
  })
})

describe('names', () => {
  it('C44 that do not exist fail as such', async () => {
    await using harness = new ExecutorHarness({ options: { retries: 0 } })

    const result = await harness.one('http://no-such-name.invalid/')

    expect(result.error).toBe('E_DNS')
    expect(result.message).toContain('no-such-name.invalid')
  })

  it('that mean this machine are resolved and connected to', async () => {
    await using server = await startScriptedServer(always(response('here')))
    await using harness = new ExecutorHarness()

    expect(await harness.one(`http://localhost:${server.port}/`)).toMatchObject({ outcome: 'ok' })
  })
})
