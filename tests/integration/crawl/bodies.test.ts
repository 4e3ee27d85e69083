import { createHash } from 'node:crypto'
import * as zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { brotliVerdict } from '../../../engine/executor/http/brotli.ts'
import { ExecutorHarness, type HarnessOptions, type TaskResult } from '../../support/executor-harness.ts'
import { always, response, startScriptedServer, type Script } from '../../support/scripted-server.ts'

const encoded = (encoding: string, body: Buffer | string): Buffer =>
  response(body, { headers: [`Content-Encoding: ${encoding}`, 'Content-Type: text/html'] })

async function fetched(script: Script, options: HarnessOptions = {}): Promise<TaskResult> {
  await using server = await startScriptedServer(script)
  await using harness = new ExecutorHarness(options)
  return await harness.one(`${server.origin}/`)
}

describe('bodies above the cap', () => {
  it('C5 an endless chunked body is left at the cap and its connection closed', async () => {
    const { promise: gone, resolve: onGone } = Promise.withResolvers<void>()
    const block = `${(16_384).toString(16)}\r\n${'x'.repeat(16_384)}\r\n`
    const result = await fetched(
      async connection => {
        void connection.closed.then(onGone)
        await connection.request()
        connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
        while (!connection.socket.destroyed) {
          if (!connection.send(block)) {
            await Promise.race([
              new Promise(resolve => connection.socket.once('drain', resolve)),
              connection.closed,
            ])
          }
        }
      },
      { options: { maxBodyBytes: 1_000_000 } },
    )
    await gone

    expect(result).toMatchObject({ outcome: 'failed', error: 'E_BODY_TOO_LARGE', retryable: false })
    expect(result.numbers.wireBytes).toBeLessThan(1_200_000)
  })

  it('C6 an absurd length is refused from the head, before any byte of the body', async () => {
    const result = await fetched(async connection => {
      await connection.request()
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${10 ** 15}\r\n\r\n`)
      await connection.closed
    })

    expect(result).toMatchObject({ error: 'E_BODY_TOO_LARGE', numbers: { status: 200, wireBytes: 0 } })
    expect(result.message).toContain('--max-body')
  })

  it('takes a body of exactly the cap', async () => {
    const result = await fetched(always(response('12345')), { options: { maxBodyBytes: 5 } })

    expect([result.outcome, result.numbers.bodyBytes]).toEqual(['ok', 5])
  })
})

describe('encoded bodies', () => {
  const page = `<title>Hello</title>${'<p>some text</p>'.repeat(2_000)}`
  const encodings: Readonly<Record<string, (body: Buffer | string) => Buffer>> = {
    gzip: zlib.gzipSync,
    'x-gzip': zlib.gzipSync,
    deflate: zlib.deflateSync,
    zstd: zlib.zstdCompressSync,
  }
  for (const [name, encode] of Object.entries(encodings)) {
    it(`${name} is decoded, and both sizes are told`, async () => {
      const wire = encode(page)
      const result = await fetched(always(encoded(name, wire)), { options: { extract: ['title', 'hash'] } })

      expect(result).toMatchObject({
        outcome: 'ok',
        numbers: { bodyBytes: page.length, wireBytes: wire.length },
        strings: { title: 'Hello', bodyHash: `sha256:${createHash('sha256').update(page).digest('hex')}` },
      })
    })
  }

  it('reads deflate without its header, two encodings, and bodies too large for one call', async () => {
    const large = Buffer.alloc(5_000_000, 'abcdefghij')
    const noise = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * at * 7919) >> 5))
    const results = [
      await fetched(always(encoded('deflate', zlib.deflateRawSync(page)))),
      await fetched(always(encoded('deflate, gzip', zlib.gzipSync(zlib.deflateSync(page))))),
      await fetched(always(encoded('gzip', zlib.gzipSync(large)))),
      await fetched(always(encoded('deflate', zlib.deflateSync(noise)))),
      await fetched(always(encoded('zstd, gzip', zlib.gzipSync(zlib.zstdCompressSync(noise))))),
    ]

    expect(results.map(({ outcome, numbers }) => [outcome, numbers.bodyBytes])).toEqual([
      ['ok', page.length],
      ['ok', page.length],
      ['ok', large.length],
      ['ok', noise.length],
      ['ok', noise.length],
    ])
  })

  const bomb = Buffer.alloc(12 * 2 ** 20)
  for (const [name, encode] of Object.entries(encodings)) {
    it(`C13 C14 a ${name} bomb is left at twice the cap`, async () => {
      const result = await fetched(always(encoded(name, encode(bomb))), {
        options: { maxBodyBytes: 2 ** 20 },
      })

      expect(result).toMatchObject({ outcome: 'failed', error: 'E_DECODE_BOMB', retryable: false })
      expect(result.numbers.bodyBytes).toBeLessThan(3 * 2 ** 20)
    })
  }

  it('C13 a bomb within a bomb is left as well', async () => {
    const result = await fetched(always(encoded('gzip, gzip', zlib.gzipSync(zlib.gzipSync(bomb)))), {
      options: { maxBodyBytes: 2 ** 20 },
    })

    expect(result.error).toBe('E_DECODE_BOMB')
  })

  it('C16 declared gzip that is plain, cut, wrong or goes on with junk is refused; two members are both decoded', async () => {
    const wire = zlib.gzipSync(page)
    const wrong = Buffer.from(wire)
    wrong[wrong.length - 6]! ^= 0xff
    const large = zlib.gzipSync(Buffer.alloc(5_000_000, 'abc'))
    const bodies = [
      Buffer.from(page),
      wire.subarray(0, wire.length - 20),
      wrong,
      Buffer.concat([wire, zlib.gzipSync(page)]),
      Buffer.concat([wire, Buffer.from('trailing junk')]),
      large.subarray(0, large.length - 5),
      Buffer.alloc(0),
    ]
    const results: TaskResult[] = []
    for (const body of bodies) results.push(await fetched(always(encoded('gzip', body))))

    expect(results.map(({ error, numbers }) => error ?? numbers.bodyBytes)).toEqual([
      'E_DECODE_BAD',
      'E_DECODE_BAD',
      'E_DECODE_BAD',
      2 * page.length,
      'E_DECODE_BAD',
      'E_DECODE_BAD',
      0,
    ])
  })

  it('C18 br is refused before its decoder where that is not safe, and decoded where it is', async () => {
    const result = await fetched(always(encoded('br', zlib.brotliCompressSync(page))))

    expect(result.error).toBe(brotliVerdict().isSafe ? null : 'E_DECODE_BAD')
  })

  it('refuses encodings nobody asked for and more than two of them', async () => {
    const results = [
      await fetched(always(encoded('aws-chunked', page))),
      await fetched(always(encoded('gzip, gzip, gzip', page))),
      await fetched(always(encoded('identity', page))),
    ]

    expect(results.map(({ error }) => error)).toEqual(['E_DECODE_BAD', 'E_DECODE_BAD', null])
  })

  it('offers what it decodes', async () => {
    await using server = await startScriptedServer(always(response('')))
    await using harness = new ExecutorHarness()
    await harness.one(server.origin)

    const offered = /accept-encoding: (.*)/.exec(server.requests[0]!)![1]
    expect(offered).toBe(brotliVerdict().isSafe ? 'gzip, deflate, br, zstd' : 'gzip, deflate, zstd')
  })
})

describe('pages', () => {
  const extract = ['title', 'links', 'meta', 'hash'] as const
  const html = (body: Buffer | string, type = 'text/html'): Script =>
    always(response(body, { headers: [`Content-Type: ${type}`] }))

  it('give title, links, meta values and a hash', async () => {
    const page =
      '<!doctype html><html><head><title> A &amp; B\n page </title><meta name="Description" content="what it &lt;is&gt;">' +
      '<meta property="og:title" content="OG"></head><body><a href="/1">1</a><a>none</a><A HREF=/2>2</A></body></html>'
    const result = await fetched(html(page), { options: { extract } })

    expect(result.strings.title).toBe('A & B page')
    expect(result.numbers.links).toBe(2)
    expect(JSON.parse(result.strings.meta!)).toEqual({ description: 'what it <is>', 'og:title': 'OG' })
    expect(result.strings.bodyHash).toBe(`sha256:${createHash('sha256').update(page).digest('hex')}`)
  })

  it('of other types are hashed only', async () => {
    const result = await fetched(html('<title>x</title>', 'application/json'), { options: { extract } })

    expect(result.strings).toMatchObject({ title: null, meta: null })
    expect(result.strings.bodyHash).toMatch(/^sha256:/)
    expect(result.numbers.links).toBe(-1)
  })

  it('C40 are read in the charset they say, with replacement characters where they lie', async () => {
    const title = (text: string) => `<title>${text}</title>`
    const titles = [
      await fetched(html(Buffer.from(title('caf\u00e9'), 'latin1'), 'text/html; charset=ISO-8859-1'), {
        options: { extract },
      }),
      await fetched(html(Buffer.from(`<meta charset="windows-1251">${title('\u00cf\u00f0')}`, 'latin1')), {
        options: { extract },
      }),
      await fetched(html(Buffer.from(`\ufeff${title('\u00e9')}`, 'utf16le'), 'text/html; charset=utf-8'), {
        options: { extract },
      }),
      await fetched(html(Buffer.from(title('a\xffb'), 'latin1'), 'text/html; charset=utf-8'), {
        options: { extract },
      }),
      await fetched(html(title('+ADw-script+AD4-'), 'text/html; charset=utf-7'), { options: { extract } }),
      await fetched(html(Buffer.from([...Buffer.from('<title>'), 0xc0, 0xaf, ...Buffer.from('</title>')])), {
        options: { extract },
      }),
      await fetched(html(title('&#xD800;')), { options: { extract } }),
      await fetched(html(Buffer.from(title('ab'), 'utf16le')), { options: { extract } }),
    ].map(({ strings }) => strings.title)

    expect(titles).toEqual([
      'caf\u00e9',
      '\u041f\u0440',
      '\u00e9',
      'a\ufffdb',
      '+ADw-script+AD4-',
      '\ufffd\ufffd',
      '\ufffd',
      null,
    ])
  })

  it('C34 that are meant to choke a parser are read to their end', async () => {
    const pages: Readonly<Record<string, string>> = {
      links: '<a href="/x">x</a>'.repeat(200_000),
      nested: '<div>'.repeat(100_000) + '<a href=1>',
      tag: `<a ${'x'.repeat(5_000_000)} href=1>`,
      attribute: `<a href="${'x'.repeat(10_000_000)}">`,
      unclosed: `<!--${'<a href=1>'.repeat(100_000)}`,
      title: `<title>${'t'.repeat(3_000_000)}`,
    }
    const found: Record<string, readonly unknown[]> = {}
    for (const [name, page] of Object.entries(pages)) {
      const { outcome, numbers, strings } = await fetched(html(page), {
        options: { extract },
        limits: { parseMs: 25_000 },
      })
      found[name] = [outcome, numbers.links, strings.title?.length ?? null]
    }

    expect(found).toEqual({
      links: ['ok', 5_000, null],
      nested: ['ok', 1, null],
      tag: ['ok', 1, null],
      attribute: ['ok', 1, null],
      unclosed: ['ok', 0, null],
      title: ['ok', 0, 1_024],
    })
  })
})
