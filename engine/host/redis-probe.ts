import { connect } from 'node:net'

export interface RedisAnswer {
  /** `127.0.0.1:6379`; never with a password. */
  readonly where: string
  /** `null` when the server asks for a password first. */
  readonly version: string | null
}

const PORT = 6_379
const REPLY_BYTES = 64 * 1_024

export interface RedisPlace {
  readonly host: string
  readonly port: number
  readonly password: string | null
}

/** @returns Where to look: `REDIS_URL` if it names a plain server, then the default address. */
export function redisPlaces(url: string | undefined): RedisPlace[] {
  const local: RedisPlace = { host: '127.0.0.1', port: PORT, password: null }
  if (url === undefined || !URL.canParse(url)) return [local]
  const { protocol, hostname, port, password } = new URL(url)
  if (protocol !== 'redis:' || hostname === '') return [local]
  const named: RedisPlace = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? PORT : Number(port),
    password: password === '' ? null : decodeURIComponent(password),
  }
  return named.host === local.host && named.port === local.port ? [named] : [named, local]
}

/** @returns The first place that answers as Redis does; `null` when none does in time. */
export async function findRedis(
  places: readonly RedisPlace[],
  timeoutMs: number,
): Promise<RedisAnswer | null> {
  const answers = await Promise.all(places.map(place => askRedis(place, timeoutMs)))
  return answers.find(answer => answer !== null) ?? null
}

/** A few bytes on a bare socket: no client library is needed to know whether one would find a server. */
export function askRedis(place: RedisPlace, timeoutMs: number): Promise<RedisAnswer | null> {
  const where = `${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`
  return new Promise(resolve => {
    const socket = connect({ host: place.host, port: place.port })
    const end = (answer: RedisAnswer | null): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => end(null), timeoutMs)
    let reply = ''
    socket.setEncoding('latin1')
    socket.on('connect', () => {
      if (place.password !== null) socket.write(commandBytes('AUTH', place.password))
      socket.write(commandBytes('INFO', 'server'))
    })
    socket.on('data', (text: string) => {
      reply += text
      const version = /^redis_version:([\w.-]{1,40})\r$/m.exec(reply)?.[1]
      if (version !== undefined) end({ where, version })
      else if (/^-(NOAUTH|WRONGPASS|NOPERM)/m.test(reply)) end({ where, version: null })
      else if (reply.length > REPLY_BYTES) end(null)
    })
    socket.on('error', () => end(null))
    socket.on('close', () => end(null))
  })
}

const commandBytes = (...words: readonly string[]): string =>
  `*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
