import { createServer } from 'node:net'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { readNotice, servingPlace } from '../../../engine/host/serving-place.ts'
import { connect } from '../../../shared/contract/connect.ts'
import type { Client, RunPush } from '../../../shared/contract/contract.ts'
import { JOB_SCHEMA, type RunOptions } from '../../../shared/model/job.ts'
import { parseJob } from '../../../shared/model/job-schema.ts'
import type { RunEvent } from '../../../shared/model/run.ts'
import { SocketWire } from '../../../headless/web/socket-wire.ts'
import { Workbench, type RunningCommand } from '../../support/cli.ts'
import { filesBelow, leaksIn } from '../../support/leaks.ts'
import { codeOf, makeSocket, opened } from '../../support/web/test-host.ts'

const OPTIONS: RunOptions = {
  out: [],
  outMode: 'create',
  allowFailures: { unit: 'percent', value: 100 },
  asserts: [],
  patienceMs: null,
  rejects: null,
  pass: 'write',
}
const LINK = /^http:\/\/127\.0\.0\.1:(\d+)\/#code=[\w-]{43}$/

describe('interleave serve', () => {
  let bench: Workbench
  const clients: Client[] = []
  beforeEach(() => {
    bench = new Workbench()
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await bench[Symbol.asyncDispose]()
  })

  const linkOf = (command: RunningCommand): Promise<string> =>
    command.until(({ stdout }) => stdout.includes('\n') && stdout.slice(0, stdout.indexOf('\n')))
  const portOf = (link: string): number => Number(LINK.exec(link)![1])
  const serve = async (...flags: string[]) => {
    const command = bench.start(['serve', ...flags])
    const link = await linkOf(command)
    return { command, link, port: portOf(link) }
  }
  const post = async (
    port: number,
    path: string,
    body: object,
    token?: string,
  ): Promise<Record<string, string>> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
    return (await answer.json()) as Record<string, string>
  }
  const signIn = async (link: string): Promise<{ readonly token: string; readonly client: Client }> => {
    const port = portOf(link)
    const { token = '' } = await post(port, '/api/session', { code: codeOf(link) })
    const { ticket = '' } = await post(port, '/api/ws-ticket', {}, token)
    const socket = makeSocket(port, ticket)
    const wire = new SocketWire(socket, { gatherMs: 0, waitingBytes: 2 ** 24 })
    await opened(socket)
    const client = connect(wire)
    clients.push(client)
    return { token, client }
  }
  /** @returns Every event of a run, once it has ended. */
  const eventsOf = (client: Client, runId: string): Promise<readonly RunEvent[]> =>
    new Promise((resolve, reject) => {
      const events: RunEvent[] = []
      client.on(
        'run.events',
        { runId, cursor: 0 },
        ({ event }: RunPush) => events.push(event),
        error => (error === null ? resolve(events) : reject(error)),
      )
    })

  it('prints an address that signs in as its first line, serves the dashboard, and ends by Ctrl-C', async () => {
    const { command, link, port } = await serve()
    expect(link).toMatch(LINK)
    const page = await fetch(`http://127.0.0.1:${port}/`)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await page.text()).toContain('id="app"')
    const { client } = await signIn(link)
    expect(await client.call('runs.list', {})).toEqual([])
    command.signal('SIGINT')
    const { code, stdout, stderr } = await command.ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: `${link}\n` })
    expect(stderr).not.toContain('#code')
    expect(readNotice(bench.dataDir)).toBe(null)
  })

  it('keeps what proves its owner in files that nobody else can read, and nowhere else', async () => {
    const { command, link } = await serve()
    await command.until(() => readNotice(bench.dataDir) !== null)
    const { tokenFile } = readNotice(bench.dataDir)!
    const token = readFileSync(tokenFile, 'utf8').trim()
    const place = servingPlace(bench.dataDir)
    const { token: session } = await signIn(link)
    expect([tokenFile, place.notice].map(file => statSync(file).mode & 0o777)).toEqual([0o600, 0o600])
    expect([place.directory, bench.dataDir].map(folder => statSync(folder).mode & 0o777)).toEqual([
      0o700, 0o700,
    ])
    const shown = existsSync('/proc') ? ['cmdline', 'environ'] : []
    const visible = shown.map(name => readFileSync(join('/proc', String(command.pid), name), 'utf8'))
    for (const secret of [token, session, codeOf(link)]) {
      expect(visible.join('')).not.toContain(secret)
      expect(command.stderr).not.toContain(secret)
      expect(readFileSync(place.notice, 'utf8')).not.toContain(secret)
    }
    const others = filesBelow(bench.dataDir).filter(({ where }) => where !== tokenFile)
    expect(leaksIn(others, { token, session, code: codeOf(link) })).toEqual([])
    command.signal('SIGTERM')
    expect((await command.ended).code).toBe(143)
    expect(existsSync(tokenFile)).toBe(false)
  })

  it('has one host for a data directory: a second one says where the first one is', async () => {
    const { command, port } = await serve()
    await command.until(() => readNotice(bench.dataDir) !== null)
    const second = await bench.run(['serve'])
    expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 5, stdout: '' })
    expect(second.stderr).toContain(`http://127.0.0.1:${port}/`)
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  })

  it('takes over from a host that was killed', async () => {
    const first = await serve()
    await first.command.until(() => readNotice(bench.dataDir) !== null)
    first.command.killGroup()
    await first.command.ended
    const asked = await bench.run(['serve', '--code'])
    expect(asked).toMatchObject({ code: 2, stdout: '' })
    const { link } = await serve()
    expect((await signIn(link)).token).toMatch(/^[\w-]{43}$/)
  })

  it('refuses a port that another program has, and sends nothing to it', async () => {
    let connections = 0
    const other = createServer(() => (connections += 1)).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { readonly port: number }
    const { code, stdout, stderr } = await bench.run(['serve', '--port', String(port)])
    expect({ code, stdout, connections }).toEqual({ code: 5, stdout: '', connections: 0 })
    expect(stderr).toContain(`Port ${port} is taken`)
    await new Promise(resolve => other.close(resolve))
  })

  it.each(['x', '-1', '65536', '80.5', ''])('does not take %s for a port', async port => {
    expect(await bench.run(['serve', `--port=${port}`])).toMatchObject({ code: 2, stdout: '' })
  })

  it('prints another address of the host that runs', async () => {
    const { link: first, port } = await serve()
    const asked = await bench.run(['serve', '--code'])
    const [line = ''] = asked.stdout.split('\n')
    expect(asked.code).toBe(0)
    expect([portOf(line), line === first]).toEqual([port, false])
    const watching = await bench.run(['serve', '--code', '--read-only'])
    const { client } = await signIn(watching.stdout.trim())
    expect(await client.call('sessions.list', {})).toMatchObject([{ access: 'read', isOwn: true }])
    expect((await signIn(line)).token).toMatch(/^[\w-]{43}$/)
  })

  it('opens no browser where there is none, and says the address', async () => {
    const { command, link } = await serve('--open')
    await command.until(({ stderr }) =>
      stderr.includes(`No browser could be opened here. Open this address in one: ${link}`),
    )
  })

  it('lets nobody do anything under --read-only', async () => {
    const { link } = await serve('--read-only')
    const { client } = await signIn(link)
    await expect(client.call('settings.set', { settings: {} as never })).rejects.toThrow(/only look/)
    expect((await client.call('host.inspect', {})).node.version).toBe(process.versions.node)
  })

  it('goes on with a run that nobody looks at, and tells whoever comes back', async () => {
    const { link } = await serve('--quiet')
    const { client, token } = await signIn(link)
    const { runId } = await client.call('run.start', {
      job: parseJob({ schema: JOB_SCHEMA, kind: 'cpu', cpu: { tasks: 2_000, size: 2 } }),
      options: OPTIONS,
    })
    client.close()
    const { ticket = '' } = await post(portOf(link), '/api/ws-ticket', {}, token)
    const socket = makeSocket(portOf(link), ticket)
    const wire = new SocketWire(socket, { gatherMs: 0, waitingBytes: 2 ** 24 })
    await opened(socket)
    const again = connect(wire)
    clients.push(again)
    const events = await eventsOf(again, runId)
    const last = events.at(-1)
    expect(last?.type === 'run.summary' && last.summary.tasks.ok).toBe(2_000)
  })

  it('never lets a crawl reach the dashboard, wherever the crawl was started', async () => {
    const { link, port } = await serve()
    const { client } = await signIn(link)
    const urls = [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://0.0.0.0:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
    ]
    const { runId } = await client.call('run.start', {
      job: parseJob({ schema: JOB_SCHEMA, kind: 'crawl', inputs: urls }),
      options: OPTIONS,
    })
    const events = await eventsOf(client, runId)
    const last = events.at(-1)
    expect(
      last?.type === 'run.summary' && last.summary.errors.map(({ code, count }) => ({ code, count })),
    ).toEqual([{ code: 'E_ADDR_BLOCKED', count: urls.length }])
    const { summary } = await bench.crawl(urls)
    expect(summary.errors.map(({ code, count }) => ({ code, count }))).toEqual([
      { code: 'E_ADDR_BLOCKED', count: urls.length },
    ])
  })
})
