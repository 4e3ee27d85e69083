import { createClient } from '@redis/client'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { needRedis } from './install-redis.ts'

export interface RedisServerOptions {
  /** Default: a free one. */
  readonly port?: number
  /** Listens on a socket file too, which {@link RedisServer.url} names then. */
  readonly unixSocket?: boolean
  readonly password?: string
  /** More arguments of redis-server, such as `['--maxmemory', '10mb']`. */
  readonly config?: readonly string[]
}

/** A redis-server of a test's own, on loopback, with nothing in it and nothing kept. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number
  readonly socketPath: string | null
  /** Without password. */
  readonly url: string
  readonly pid: number
  /** What redis-cli prints, without the last line end. */
  cli(...args: readonly string[]): Promise<string>
  /** The server answers nobody, while its connections stay. */
  pause(): void
  resume(): void
  /** Ends and starts again at the same address, with what it held or with nothing. */
  restart(options: { readonly keepData: boolean; whileDown?: () => Promise<void> }): Promise<void>
  stop(): Promise<void>
  /** A connection that `stop` closes. */
  client(): Promise<RedisTestClient>
}

export type RedisTestClient = ReturnType<typeof makeClient>

const START_TIMEOUT_MS = 10_000
const ATTEMPTS = 5

/** @throws When redis-server is missing and cannot be installed, or does not start. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  needRedis()
  for (let attempt = 1; ; attempt++) {
    const place = await placeOf(options)
    try {
      return serverOf(options, place, await launch(options, place))
    } catch (error) {
      rmSync(place.folder, { recursive: true, force: true })
      // Someone else took the port between the look and the start.
      if (attempt === ATTEMPTS || options.port !== undefined || !/in use/.test(String(error))) throw error
    }
  }
}

interface Place {
  readonly folder: string
  readonly port: number
  readonly socketPath: string | null
}

async function placeOf(options: RedisServerOptions): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'interleave-redis-'))
  const port = options.port ?? (await freePort())
  return { folder, port, socketPath: options.unixSocket ? join(folder, 'redis.sock') : null }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function launch(options: RedisServerOptions, place: Place): Promise<ChildProcess> {
  const args = ['--port', String(place.port), '--bind', '127.0.0.1', '--dir', place.folder]
  args.push('--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction')
  if (place.socketPath !== null) args.push('--unixsocket', place.socketPath)
  if (options.password !== undefined) args.push('--requirepass', options.password)
  const child = spawn('redis-server', [...args, ...(options.config ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const killWithUs = (): void => void child.kill('SIGKILL')
  process.on('exit', killWithUs)
  child.on('exit', () => process.off('exit', killWithUs))
  return new Promise((resolve, reject) => {
    let log = ''
    const fail = (reason: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`redis-server on port ${place.port}: ${reason}\n${log}`))
    }
    const timer = setTimeout(() => fail(`not ready within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS)
    child.on('error', error => fail(error.message))
    child.on('exit', code => fail(`ended with code ${code}`))
    const read = (text: Buffer): void => {
      if (log.length < 65_536) log += text.toString()
      if (!log.includes('Ready to accept connections')) return
      clearTimeout(timer)
      // Both pipes are read on, so that a chatty server never waits for us.
      resolve(child)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
  })
}

function serverOf(options: RedisServerOptions, place: Place, first: ChildProcess): RedisServer {
  const { port, socketPath, folder } = place
  const clients: RedisTestClient[] = []
  let child = first
  const cli = async (...args: readonly string[]): Promise<string> => {
    const env = options.password === undefined ? {} : { REDISCLI_AUTH: options.password }
    const { stdout } = await promisify(execFile)('redis-cli', ['-p', String(port), ...args], {
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 28,
    })
    return stdout.replace(/\n$/, '')
  }
  return {
    port,
    socketPath,
    url: socketPath === null ? `redis://127.0.0.1:${port}/0` : `redis+unix://${socketPath}?db=0`,
    get pid() {
      return child.pid ?? 0
    },
    cli,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async restart({ keepData, whileDown }) {
      if (keepData) await cli('SAVE')
      await end(child)
      if (!keepData) rmSync(join(folder, 'dump.rdb'), { force: true })
      await whileDown?.()
      child = await launch(options, place)
    },
    async stop() {
      for (const client of clients) if (client.isOpen) client.destroy()
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
    async [Symbol.asyncDispose]() {
      await this.stop()
    },
    async client() {
      const client = makeClient(port, options.password)
      clients.push(client)
      // A server that a test takes down is no error of its client's.
      client.on('error', () => undefined)
      await client.connect()
      return client
    },
  }
}

/** Nothing is kept but by `SAVE`, so a kill loses nothing that another way to end would not. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise(resolve => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

const makeClient = (port: number, password: string | undefined) =>
  createClient({
    socket: { host: '127.0.0.1', port, reconnectStrategy: 50 },
    ...(password === undefined ? {} : { password }),
  })
