import { randomUUID } from 'node:crypto'
import { JobError } from '../../../shared/model/error.ts'
import type { RedisTarget } from '../../../shared/model/load-target.ts'
import type { RedisConnection } from './connection.ts'
import type { ReplyValue } from './reply-parser.ts'
import { faultOf, jobErrorOf, ServerError } from './server-fault.ts'

export interface Greeted {
  /** Of the server process: another one was started anew. */
  readonly serverId: string
  /** Number of the connection; 0 when the server does not tell. */
  readonly clientId: number
  /** Of the connection, as the server sees it; a word nobody else has when the server does not tell its number. */
  readonly address: string
}

/**
 * Makes a new connection ours: user, database, name; and asks who is there.
 *
 * @throws ServerError when it may work later, JobError when it will not, ConnectionLost.
 */
export async function greet(
  connection: RedisConnection,
  target: RedisTarget,
  { password, name }: { readonly password: string | null; readonly name: string },
): Promise<Greeted> {
  const { username, db } = target
  if (password !== null || username !== null) {
    const user = username === null ? [] : [username]
    await must(connection, ['AUTH', ...user, password ?? ''], 'log in with the given user and password')
  }
  if (db !== 0) await must(connection, ['SELECT', String(db)], `use database ${db}`)
  await may(connection, ['CLIENT', 'SETNAME', name])
  const server = textOf(await must(connection, ['INFO', 'server'], 'run INFO, which tells a restart'))
  const role = textOf(await must(connection, ['INFO', 'replication'], 'run INFO, which tells a replica'))
  if (valueOf(server, 'redis_mode') === 'cluster')
    throw new JobError(
      'E_CONFIG',
      'this Redis is a node of a cluster, which is not supported; name a single primary',
    )
  if (valueOf(role, 'role') === 'slave')
    throw new ServerError('READONLY this server is a replica; it can be written when it is the primary')
  const serverId = valueOf(server, 'run_id')
  if (serverId === '')
    throw new JobError('E_CONFIG', 'Redis does not tell its run_id, so that a restart would go unnoticed')
  return { serverId, ...(await identityOf(connection)) }
}

async function identityOf(connection: RedisConnection): Promise<Pick<Greeted, 'clientId' | 'address'>> {
  const id = await may(connection, ['CLIENT', 'ID'])
  if (typeof id !== 'number' || id < 1) return { clientId: 0, address: randomUUID() }
  const info = await may(connection, ['CLIENT', 'INFO'])
  const address = typeof info === 'string' ? /(?:^| )addr=(\S+)/.exec(info)?.[1] : undefined
  return { clientId: id, address: address ?? '-' }
}

/**
 * Runs a command that nothing works without.
 *
 * @param doing What it is for, after "let this user" and "cannot".
 * @throws ServerError for what may work later, JobError for what will not, ConnectionLost.
 */
export async function must(
  connection: RedisConnection,
  command: readonly string[],
  doing: string,
  limitBytes?: number,
): Promise<ReplyValue> {
  try {
    return await connection.call(command, limitBytes)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    const fault = faultOf(error.message)
    if (fault === 'destination' || fault === 'connection') throw error
    throw jobErrorOf(error.message, doing)
  }
}

/** Runs a command that may be refused. @returns `null` when it is. @throws ServerError for what may work later. */
export async function may(connection: RedisConnection, command: readonly string[]): Promise<ReplyValue> {
  try {
    return await connection.call(command)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    const fault = faultOf(error.message)
    if (fault === 'destination' || fault === 'connection') throw error
    return null
  }
}

const textOf = (value: ReplyValue): string => (typeof value === 'string' ? value : '')

const valueOf = (info: string, name: string): string =>
  new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? ''
