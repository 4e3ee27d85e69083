import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Workbench, type Crawled } from '../../support/cli.ts'
import { crawlFlagsOf, listOf } from '../../support/crawl-list.ts'
import {
  redirect,
  response,
  startScriptedServer,
  type Script,
  type ScriptedConnection,
  type ScriptedServer,
} from '../../support/scripted-server.ts'
import { startSite, type Site } from '../../support/site.ts'

const HONEST = 200
let hops = 0
const CHUNK = Buffer.from(`1000\r\n${'x'.repeat(0x1000)}\r\n`)

/** What each path of the hostile server does to whoever asks. */
const CASES: Readonly<
  Record<string, { readonly code: string; readonly act: (connection: ScriptedConnection) => unknown }>
> = {
  '/hang': { code: 'E_TIMEOUT_TOTAL', act: () => undefined },
  '/drip': {
    code: 'E_TIMEOUT_TOTAL',
    act: ({ send, socket }) => {
      send('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n')
      const timer = setInterval(() => send('x'), 50)
      socket.once('close', () => clearInterval(timer))
    },
  },
  '/drip-head': {
    code: 'E_TIMEOUT_TOTAL',
    act: ({ send, socket }) => {
      send('HTTP/1.1 200 OK\r\nX-Slow: ')
      const timer = setInterval(() => send('x'), 50)
      socket.once('close', () => clearInterval(timer))
    },
  },
  '/endless': {
    code: 'E_BODY_TOO_LARGE',
    act: ({ send, socket }) => {
      send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      const pour = () => {
        while (send(CHUNK));
      }
      socket.on('drain', pour)
      pour()
    },
  },
  '/huge': {
    code: 'E_BODY_TOO_LARGE',
    act: ({ send }) => send('HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\n'),
  },
  '/bomb': {
    code: 'E_DECODE_BOMB',
    act: ({ send }) =>
      send(response(gzipSync(Buffer.alloc(20_000_000)), { headers: ['Content-Encoding: gzip'] })),
  },
  '/bad-gzip': {
    code: 'E_DECODE_BAD',
    act: ({ send }) => send(response('not compressed at all', { headers: ['Content-Encoding: gzip'] })),
  },
  '/self': { code: 'E_REDIRECT_LOOP', act: ({ send }) => send(redirect('/self')) },
  '/growing': { code: 'E_REDIRECT_LIMIT', act: ({ send }) => send(redirect(`/growing?${(hops += 1)}`)) },
  '/to-file': { code: 'E_SCHEME_BLOCKED', act: ({ send }) => send(redirect('file:///etc/passwd')) },
  '/to-script': { code: 'E_SCHEME_BLOCKED', act: ({ send }) => send(redirect('javascript:alert(1)')) },
  '/reset': { code: 'E_CONNECT', act: ({ socket }) => void socket.resetAndDestroy() },
  '/truncated': {
    code: 'E_TRUNCATED',
    act: ({ send, socket }) => {
      send('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort')
      socket.end()
    },
  },
  '/banner': { code: 'E_PROTOCOL', act: ({ send }) => send('SSH-2.0-OpenSSH_9.9\r\n') },
  '/two-lengths': {
    code: 'E_PROTOCOL',
    act: ({ send }) => send('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc'),
  },
  '/long-head': {
    code: 'E_HEADERS_TOO_LARGE',
    act: ({ send }) => send(response('', { headers: [`X-Long: ${'x'.repeat(100_000)}`] })),
  },
}

const hostile: Script = async connection => {
  for (let head = await connection.request(); head !== null; head = await connection.request()) {
    const path = head.split(' ')[1]?.split('?')[0] ?? ''
    if (path === '/to-neighbour') connection.send(redirect(`${neighbour.origin}/secret`))
    else await CASES[path]?.act(connection)
  }
}

let bench: Workbench
let site: Site
let server: ScriptedServer
let neighbour: ScriptedServer
let crawled: Crawled

beforeAll(async () => {
  bench = new Workbench()
  site = await startSite({ latency: { law: 'fixed', value: 5 } })
  neighbour = await startScriptedServer(() => undefined)
  server = await startScriptedServer(hostile)
  const paths = [...Object.keys(CASES), '/to-neighbour']
  const honest = listOf(site.origin, HONEST).trimEnd().split('\n')
  const step = Math.floor(HONEST / paths.length)
  const mixed = honest.flatMap((url, at) => {
    const path = at % step === 0 ? paths[at / step] : undefined
    return path === undefined ? [url] : [`${server.origin}${path}`, url]
  })
  mixed.push('http://127.0.0.1:1/closed')
  bench.write('pages.txt', `${mixed.join('\n')}\n`)
  const limits = ['--timeout', '1s', '--max-body', '64KiB', '--retries', '0']
  crawled = await bench.crawl(['pages.txt', ...crawlFlagsOf('processes'), ...limits])
}, 60_000)

afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  await neighbour[Symbol.asyncDispose]()
})

const resultOf = (url: string) => crawled.results.find(result => result.url === url)

describe('a crawl with hostile servers among honest ones', () => {
  it.each(Object.entries(CASES).map(([path, { code }]) => ({ path, code })))(
    'ends $path with $code',
    ({ path, code }) => {
      const result = resultOf(`${server.origin}${path}`)
      expect({ outcome: result?.outcome, code: result?.error?.code }).toEqual({ outcome: 'failed', code })
      expect(result?.error?.message).toMatch(/^\S.{10,299}$/)
      expect(result?.error?.message).not.toMatch(/ at .*:\d+:\d+/)
    },
  )

  it('does not follow a page to a private address that nobody typed', () => {
    const result = resultOf(`${server.origin}/to-neighbour`)
    expect(result?.error?.code).toBe('E_ADDR_BLOCKED')
    expect(neighbour.connections).toBe(0)
  })

  it('says so where nobody listens', () => {
    expect(resultOf('http://127.0.0.1:1/closed')?.error?.code).toBe('E_CONNECT')
  })

  it('fetches every honest page, once', () => {
    const honest = crawled.results.filter(({ url }) => url.startsWith(site.origin))
    expect(honest.length).toBe(HONEST)
    expect(honest.every(({ ok, status }) => ok && status === 200)).toBe(true)
    expect(site.log().requests).toBe(HONEST)
  })

  it('counts each failure once and groups them by class', () => {
    const codes = crawled.results.flatMap(({ error }) => (error === null ? [] : [error.code]))
    const groups = new Map<string, number>()
    for (const code of codes) groups.set(code, (groups.get(code) ?? 0) + 1)
    const { summary, code } = crawled

    expect(code).toBe(3)
    expect(summary.tasks.failed).toBe(codes.length)
    expect(Object.fromEntries(summary.errors.map(({ code, count }) => [code, count]))).toEqual(
      Object.fromEntries(groups),
    )
    expect(summary.errors.every(({ sample }) => sample.length > 0 && sample.length <= 300)).toBe(true)
  })
})
