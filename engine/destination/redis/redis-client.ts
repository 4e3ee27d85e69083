import { createClient, ErrorReply } from '@redis/client'
import { JobError } from '../../../shared/model/error.ts'
import type { RedisTarget } from '../../../shared/model/load-target.ts'
import { faultOf, jobErrorOf, waitingFor } from './server-fault.ts'

/**
 * The client library's connection, for what is asked now and then: before, between and after the data, and to read
 * data back. It is never opened again by itself: whoever uses it knows what a new connection would mean.
 */
export type RedisClient = Awaited<ReturnType<typeof makeClient>>

const CONNECT_TIMEOUT_MS = 5_000
/** Longest silence while a reply is waited for; a server that forks or saves may be quiet for seconds. */
const REPLY_TIMEOUT_MS = 15_000

/** @returns The place as people name it: `Redis at 127.0.0.1:6379`. */
export function placeOf({ socket }: RedisTarget): string {
  if ('path' in socket) return `Redis at ${socket.path}`
  return `Redis at ${socket.host.includes(':') ? `[${socket.host}]` : socket.host}:${socket.port}`
}

/**
 * The caller destroys the client.
 *
 * @throws JobError `E_DEST_DOWN` when nobody answers within 5 s, `E_CONFIG` when user, password or database are wrong.
 */
export async function connectRedis(target: RedisTarget, password: string | null): Promise<RedisClient> {
  const client = makeClient(target, password)
  // Whoever waits for a reply is told of the loss; the library throws where nobody listens.
  client.on('error', () => undefined)
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    const late = (): void => reject(new JobError('E_DEST_DOWN', silence(target, CONNECT_TIMEOUT_MS)))
    timer = setTimeout(late, CONNECT_TIMEOUT_MS)
  })
  try {
    await Promise.race([greeted(client), timeout])
    return client
  } catch (error) {
    client.destroy()
    throw redisError(error, target)
  } finally {
    clearTimeout(timer)
  }
}

/** Without credentials nothing is said at the beginning, so that a server that asks for them would be met only later. */
async function greeted(client: RedisClient): Promise<void> {
  await client.connect()
  try {
    await client.ping()
  } catch (error) {
    // A server that loads, or a user who may not ask this, answers all the same.
    if (!(error instanceof ErrorReply) || error.message.startsWith('NOAUTH')) throw error
  }
}

/** @returns Why a command got no good reply, as the user should read it. */
export function redisError(error: unknown, target: RedisTarget): unknown {
  if (error instanceof JobError || !(error instanceof Error)) return error
  const place = placeOf(target)
  if (error instanceof ErrorReply) return replyError(error, place)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  if (code === 'EACCES')
    return new JobError('E_CONFIG', `${place}: no permission to use this socket`, { cause: error })
  // What a library throws for bytes that are no reply is its own matter: the place is then no Redis, or no longer one.
  if (error.name === 'SocketTimeoutError')
    return new JobError('E_DEST_DOWN', silence(target, REPLY_TIMEOUT_MS), { cause: error })
  return new JobError('E_DEST_DOWN', `${place} cannot be reached: ${code ?? error.message}`, { cause: error })
}

const silence = (target: RedisTarget, timeoutMs: number): string =>
  `${placeOf(target)} does not answer within ${timeoutMs / 1_000} s`

function replyError(error: Error, place: string): JobError {
  const text = error.message
  const options = { cause: error }
  if (text.startsWith('NOAUTH'))
    return new JobError(
      'E_AUTH',
      `${place} asks for a password; set INTERLEAVE_REDIS_PASSWORD or use --password-file`,
      options,
    )
  if (text.startsWith('WRONGPASS'))
    return new JobError(
      'E_AUTH',
      `${place} refuses the user or the password; check INTERLEAVE_REDIS_PASSWORD, --password-file and the user in --to`,
      options,
    )
  if (text.includes('without any password configured'))
    return new JobError('E_CONFIG', `${place} has no password, but one was given: leave it out`, options)
  if (/DB index/.test(text))
    return new JobError('E_CONFIG', `${place} has no such database: ${text}`, options)
  const fault = faultOf(text)
  if (fault === 'job') return jobErrorOf(text, 'do what a load needs')
  if (fault === 'data') return new JobError('E_DEST_DOWN', `${place} answers "${text}"`, options)
  const { code, message } = waitingFor(text)
  return new JobError(code, message, options)
}

function makeClient(target: RedisTarget, password: string | null) {
  const { socket, db, username } = target
  const terms = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: REPLY_TIMEOUT_MS,
    reconnectStrategy: false,
  } as const
  return createClient({
    RESP: 2,
    socket: 'path' in socket ? { path: socket.path, tls: false, ...terms } : { ...socket, ...terms },
    database: db,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    // Nothing is sent that old servers do not know or that nobody asked for.
    disableClientInfo: true,
    maintNotifications: 'disabled',
  })
}
