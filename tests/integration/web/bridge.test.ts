import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { entriesBeside } from '../../../headless/host/entry-path.ts'
import { makeHostEngine } from '../../../headless/host/host-engine.ts'
import type { Engine } from '../../../engine/engine.ts'
import type { Connection } from '../../../renderer/client/host-bridge.ts'
import { WebConnection } from '../../../renderer/client/web-connection.ts'
import { WebSignIn, type TabStorage } from '../../../renderer/client/web-sign-in.ts'
import { download, upload } from '../../../renderer/client/web-transfers.ts'
import { makeDataDir } from '../../../headless/cli/data-dir.ts'
import { codeOf, startTestHost, type TestHost, type TestHostOptions } from '../../support/web/test-host.ts'

const MAIN = new URL('../../../headless/cli/main.ts', import.meta.url).href

class Tab implements TabStorage {
  readonly kept = new Map<string, string>()
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null
  }
  setItem(key: string, value: string): void {
    this.kept.set(key, value)
  }
  removeItem(key: string): void {
    this.kept.delete(key)
  }
}

describe('a page and its host', () => {
  let folder = ''
  let test: TestHost | null = null
  let engine: Engine | null = null
  const opened: WebConnection[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'interleave-web-'))
  })
  afterEach(async () => {
    for (const connection of opened.splice(0)) connection.close()
    await test?.[Symbol.asyncDispose]()
    await engine?.close()
    engine = null
    rmSync(folder, { recursive: true, force: true })
  })

  const start = async (options: TestHostOptions = {}): Promise<TestHost> => {
    test = await startTestHost(options)
    return test
  }
  const startEngine = async (): Promise<TestHost> => {
    makeDataDir(folder)
    engine = makeHostEngine({ dataDir: folder, entries: entriesBeside(MAIN), env: {}, ownPorts: () => [] })
    return start({ handlers: engine.handlers })
  }
  const open = async (port: number, tab: Tab, code: string | null) => {
    const origin = `http://127.0.0.1:${port}`
    const signIn = new WebSignIn(origin, tab, code)
    const connection = new WebConnection(signIn, origin)
    const states: Connection[] = []
    connection.onChange(state => states.push(state))
    opened.push(connection)
    await connection.open()
    return { connection, signIn, states }
  }

  it('signs in with its code once, and again without it', async () => {
    const { port, host } = await start({ handlers: { 'runs.list': async () => [] } })
    const tab = new Tab()
    const code = codeOf(host.makeLink())
    const first = await open(port, tab, code)
    expect([first.connection.state, await first.connection.client.call('runs.list', {})]).toEqual([
      'open',
      [],
    ])
    const reloaded = await open(port, tab, null)
    expect(reloaded.connection.state).toBe('open')
    const stranger = await open(port, new Tab(), code)
    expect(stranger.connection.state).toBe('signed-out')
    await expect(stranger.connection.client.call('runs.list', {})).rejects.toThrow(
      expect.objectContaining({ code: 'E_CANCELLED' }) as Error,
    )
  })

  it('connects anew, with another client, after the wire was lost', async () => {
    const { port, host } = await start({ handlers: { 'runs.list': async () => [] } })
    const { connection, states } = await open(port, new Tab(), codeOf(host.makeLink()))
    const lost = connection.client
    lost.close()
    await expect.poll(() => states, { timeout: 10_000 }).toEqual(['open', 'lost', 'open'])
    expect(connection.client).not.toBe(lost)
    expect(await connection.client.call('runs.list', {})).toEqual([])
  })

  it('is signed out when its session is revoked, and in again with another code', async () => {
    const { port, host } = await start()
    const tab = new Tab()
    const { connection, signIn, states } = await open(port, tab, codeOf(host.makeLink()))
    const [own] = await connection.client.call('sessions.list', {})
    connection.client.call('sessions.revoke', { sessionId: own!.sessionId }).catch(() => undefined)
    await expect.poll(() => states, { timeout: 10_000 }).toEqual(['open', 'lost', 'signed-out'])
    expect(tab.kept.size).toBe(0)
    signIn.setCode(codeOf(host.makeLink()))
    connection.hurry()
    await expect.poll(() => connection.state).toBe('open')
  })

  it('keeps trying while the host is away', async () => {
    const first = await start()
    const { port } = first
    const { connection } = await open(port, new Tab(), codeOf(first.host.makeLink()))
    await first[Symbol.asyncDispose]()
    await expect.poll(() => connection.state).toBe('lost')
    const again = await start({ port })
    // Another life of the host knows nothing of the session.
    await expect.poll(() => connection.state, { timeout: 10_000 }).toBe('signed-out')
    expect(again.port).toBe(port)
  })

  it('streams a file to the host, byte for byte', async () => {
    const { port, host } = await startEngine()
    const { connection } = await open(port, new Tab(), codeOf(host.makeLink()))
    const bytes = Uint8Array.from({ length: 5_300_000 }, (_, at) => (at * 31 + (at >> 10)) % 256)
    const sent: number[] = []
    const path = await upload(connection.client, new File([bytes], 'ürls.txt'), {
      progress: ({ sentBytes }) => sent.push(sentBytes),
      signal: new AbortController().signal,
    })
    expect(Buffer.compare(await readFile(path), bytes)).toBe(0)
    expect([sent[0], sent.at(-1), sent.length]).toEqual([0, bytes.byteLength, 7])
  })

  it('leaves nothing of an upload that is given up', async () => {
    const calls: string[] = []
    const controller = new AbortController()
    const { port, host } = await start({
      handlers: {
        'upload.begin': async () => ({ uploadId: 'abcdefgh' }),
        'upload.write': async ({ offset }) => {
          calls.push(`write ${offset / 2 ** 20}`)
          if (offset >= 2 ** 21) controller.abort(new Error('given up'))
          return null
        },
        'upload.drop': async () => {
          calls.push('drop')
          return null
        },
      },
    })
    const { connection } = await open(port, new Tab(), codeOf(host.makeLink()))
    const uploading = upload(connection.client, new File([new Uint8Array(40 * 2 ** 20)], 'x'), {
      progress: () => undefined,
      signal: controller.signal,
    })
    await expect(uploading).rejects.toThrow('given up')
    await expect.poll(() => calls.at(-1)).toBe('drop')
    expect(calls.length).toBeLessThan(12)
  })

  it('says why the host refuses an upload', async () => {
    const { port, host } = await startEngine()
    const { connection } = await open(port, new Tab(), codeOf(host.makeLink('read')))
    const uploading = upload(connection.client, new File(['x'], 'x'), {
      progress: () => undefined,
      signal: new AbortController().signal,
    })
    await expect(uploading).rejects.toThrow(expect.objectContaining({ code: 'E_AUTH' }) as Error)
  })

  it('puts an export together, however its pieces arrive', async () => {
    const bytes = Uint8Array.from({ length: 4_500_000 }, (_, at) => (at * 7) % 251)
    const { port, host } = await start({
      handlers: {
        'export.read': async ({ offset }) => {
          // Later pieces answer sooner.
          await new Promise(resolve => setTimeout(resolve, offset === 0 ? 30 : 0))
          return { bytes: bytes.subarray(offset, offset + 2 ** 20) }
        },
      },
    })
    const { connection } = await open(port, new Tab(), codeOf(host.makeLink()))
    const ref = { exportId: 'abcdefgh', name: 'x.csv', bytes: bytes.byteLength, records: 1 }
    const options = { progress: () => undefined, signal: new AbortController().signal }
    const blob = await download(connection.client, ref, options)
    expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), bytes)).toBe(0)
    await expect(
      download(connection.client, { ...ref, bytes: bytes.byteLength + 1 }, options),
    ).rejects.toThrow(expect.objectContaining({ code: 'E_TRUNCATED' }) as Error)
  })
})
