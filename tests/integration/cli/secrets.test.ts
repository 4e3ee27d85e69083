import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { RunDetail } from '../../../shared/model/run.ts'
import { documentOf, Workbench, type Ended } from '../../support/cli.ts'
import { filesBelow, leaksIn, processTraces, textTrace, type Trace } from '../../support/leaks.ts'
import { startRedis } from '../../support/redis-server.ts'
import {
  redirect,
  response,
  startScriptedServer,
  type ScriptedServer,
} from '../../support/scripted-server.ts'

const canary = (): string => `canary${randomBytes(12).toString('hex')}`
const SECRETS = {
  authorization: canary(),
  'API key': canary(),
  'cookie of ours': canary(),
  'cookie of the server': canary(),
  'URL of the command': canary(),
  'URLs of the list': canary(),
  'URL of a redirect': canary(),
  'Redis password': canary(),
}
/** Files that a user wrote, where the secrets are the user's own. */
const GIVEN = ['headers', 'password', 'list.txt']

let bench: Workbench
let server: ScriptedServer
let answer: () => void
const held = new Promise<void>(resolve => (answer = resolve))
const seen: Trace[] = []
let asked: readonly string[] = []

/** What a user's environment may hold that would change what a worker does, or what it trusts. */
const HARMFUL = {
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  NODE_OPTIONS: '--no-deprecation',
  HTTP_PROXY: 'http://127.0.0.1:1',
  SSLKEYLOGFILE: '/dev/null',
  ELECTRON_RUN_AS_NODE: '1',
}
/** What docs/cli.md says that workers are given. */
const GIVEN_TO_WORKERS =
  /^(?:PATH|HOME|TMPDIR|TZ|SystemRoot|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|NODE_CHANNEL_FD|NODE_CHANNEL_SERIALIZATION_MODE|NODE_UNIQUE_ID|INTERLEAVE_OWN_PORTS)=/

const note = (name: string, { stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): void =>
  void seen.push(textTrace(`stdout of ${name}`, stdout), textTrace(`stderr of ${name}`, stderr))

async function run(name: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const ended = await bench.run(args, { env })
  note(name, ended)
  return ended
}

beforeAll(async () => {
  bench = new Workbench()
  server = await startScriptedServer(async connection => {
    for (let head = await connection.request(); head !== null; head = await connection.request()) {
      const cookie = `Set-Cookie: sid=${SECRETS['cookie of the server']}`
      const path = head.split(' ')[1]
      if (path === '/held') await held
      if (path === '/away') connection.send(redirect(`http://u:${SECRETS['URL of a redirect']}@127.0.0.1/`))
      else
        connection.send(
          response('a page', { headers: [cookie], status: path === '/bad' ? '404 No' : '200 OK' }),
        )
    }
  })
  const own = SECRETS['URLs of the list']
  const place = server.origin.slice('http://'.length)
  const urls = ['ok', 'bad', 'away', 'held'].map(path => `${server.origin}/${path}`)
  const wrong = [
    `http://u:${own}@${place}/`,
    `http://u:${own}/x@${place}/`,
    `u:${own}@${place}`,
    `http:u:${own}@h`,
  ]
  bench.write('list.txt', `${[...urls, ...wrong].join('\n')}\n`)
  const lines = [
    `Authorization: Bearer ${SECRETS.authorization}`,
    `X-Canary: ${SECRETS['API key']}`,
    `Cookie: id=${SECRETS['cookie of ours']}`,
    'Accept-Language: de-DE',
  ]
  bench.write('headers', `${lines.join('\n')}\n`)
  await crawlTwice(lines)
  await loadOnce()
  seen.push(...filesBelow(bench.folder, path => !GIVEN.includes(path)))
}, 90_000)

afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

let shown: RunDetail
let refused: Ended
let resumed: Ended

/** A crawl that is stopped, looked at, and resumed. */
async function crawlTwice(lines: readonly string[]): Promise<void> {
  const typed = `http://u:${SECRETS['URL of the command']}@127.0.0.1/typed`
  const flags = ['--retries', '0', '--header-file', 'headers', '--model', 'processes', '--processes', '2']
  const args = ['crawl', 'list.txt', typed, ...flags, '--events', '--progress', 'plain']
  const crawl = bench.start(args, { env: HARMFUL })
  await crawl.settled(8)
  seen.push(...processTraces(crawl.descendants), ...filesBelow(bench.dataDir))
  crawl.signal('SIGINT')
  crawl.signal('SIGINT')
  note('crawl', await crawl.ended)
  answer()
  const detail = await run('runs show --json', ['runs', 'show', 'latest', '--json'])
  shown = documentOf(detail) as RunDetail
  await run('runs show', ['runs', 'show', 'latest'])
  await run('runs tasks', ['runs', 'tasks', 'latest'])
  await run('--save', ['crawl', typed, '--header-file', 'headers', '--save', 'job.ilv.json'])
  refused = await run('resume without values', ['resume', 'latest', '--json'])
  const before = server.requests.length
  resumed = await run('resume', ['resume', 'latest', '--json'], { INTERLEAVE_HEADERS: lines.join('\n') })
  asked = server.requests.slice(before)
  const outs = ['all.jsonl', 'all.csv', 'all.db'].flatMap(out => ['--out', out])
  await run('export', ['runs', 'export', 'latest', ...outs])
}

/** A load that needs a password, looked at while it goes on. */
async function loadOnce(): Promise<void> {
  await using redis = await startRedis({ password: SECRETS['Redis password'] })
  bench.write('password', SECRETS['Redis password'])
  bench.write('data.txt', 'a line\n'.repeat(100_000))
  const load = bench.start(['load', 'data.txt', '--to', redis.url, '--password-file', 'password', '--events'])
  await load.event('worker.started')
  redis.pause()
  seen.push(...processTraces(load.descendants), ...filesBelow(bench.dataDir))
  redis.resume()
  note('load', await load.ended)
}

describe('P27 secrets', () => {
  it('are in nothing that is written, said, or shown of processes', () => {
    expect(leaksIn(seen, SECRETS)).toEqual([])
    // What is looked at is what there is.
    expect(leaksIn(seen, { name: 'X-Canary', task: '/held' }).length).toBeGreaterThan(5)
    expect(seen.filter(({ where }) => where.startsWith('/proc/')).length).toBeGreaterThanOrEqual(6)
  })

  it('reach no worker by its environment, and nothing else does that would change it', () => {
    const environments = seen.filter(({ where }) => where.endsWith('/environ'))
    const given = environments.flatMap(({ bytes }) => bytes.toString().split('\0').filter(Boolean))
    expect(environments.length).toBeGreaterThanOrEqual(3)
    expect(given.filter(variable => !GIVEN_TO_WORKERS.test(variable))).toEqual([])
  })

  it('leave names of headers, harmless values and places of URLs', () => {
    expect(shown.job).toMatchObject({
      inputs: [bench.path('list.txt'), 'http://***@127.0.0.1/typed'],
      crawl: { headers: ['Authorization: …', 'X-Canary: …', 'Cookie: …', 'Accept-Language: de-DE'] },
    })
    const urls = bench.results('all.jsonl').map(({ url }) => url)
    expect(urls.filter(url => url.includes('***')).length).toBe(5)
  })

  it('are asked for at a resume, and sent then as before', () => {
    expect(refused.code).toBe(2)
    expect(refused.stdout).toContain('authorization, x-canary, cookie')
    expect(resumed.code).toBe(3)
    expect(asked.some(head => head.includes('/held'))).toBe(true)
    for (const head of [...asked, server.requests[0]!]) {
      expect(head).toContain(`authorization: Bearer ${SECRETS.authorization}`)
      expect(head).toContain(SECRETS['API key'])
      expect(head).toContain(SECRETS['cookie of ours'])
      expect(head).not.toContain(SECRETS['cookie of the server'])
    }
  })
})
