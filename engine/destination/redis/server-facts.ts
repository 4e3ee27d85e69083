import { setTimeout as sleep } from 'node:timers/promises'
import { ErrorReply } from '@redis/client'
import { JobError } from '../../../shared/model/error.ts'
import type { LoadCommand } from '../../../shared/model/fields/load.ts'
import type { RedisTarget } from '../../../shared/model/load-target.ts'
import { placeOf, type RedisClient } from './redis-client.ts'
import { faultOf } from './server-fault.ts'

/** What `INFO` says of a server, by name. */
export type ServerFacts = ReadonlyMap<string, string>

const OLDEST_VERSION = 6
/** A server that reads its data from disk takes no commands meanwhile; it is waited for that long, in milliseconds. */
const LOADING_MS = 60_000
const POLL_MS = 100

/** @throws JobError `E_DEST_DOWN` when the server still loads its data, or runs a script, after a minute. */
export async function factsWhenReady(client: RedisClient, target: RedisTarget): Promise<ServerFacts> {
  let answer = ''
  for (let waitedMs = 0; waitedMs <= LOADING_MS; waitedMs += POLL_MS) {
    if (waitedMs > 0) await sleep(POLL_MS)
    try {
      const facts = parseFacts(await client.info())
      if (facts.get('loading') !== '1') return facts
      answer = 'it still loads its data'
    } catch (error) {
      if (!(error instanceof ErrorReply) || faultOf(error.message) !== 'destination') throw error
      answer = error.message
    }
  }
  throw new JobError(
    'E_DEST_DOWN',
    `${placeOf(target)} is not ready after ${LOADING_MS / 1_000} s: ${answer}`,
  )
}

export function parseFacts(info: string): ServerFacts {
  const facts = new Map<string, string>()
  for (const line of info.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) facts.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return facts
}

/** @returns What changes with every start of the server. */
export function identityOf(facts: ServerFacts, target: RedisTarget): string {
  const runId = facts.get('run_id')
  if (runId === undefined || runId === '')
    throw new JobError(
      'E_CONFIG',
      `${placeOf(target)} does not tell its run_id, so a restart could not be noticed`,
    )
  return runId
}

/** @throws JobError `E_CONFIG` for a server that cannot take a load or would lose parts of it, with what to do. */
export function checkServer(facts: ServerFacts, target: RedisTarget): void {
  const place = placeOf(target)
  const version = facts.get('redis_version') ?? 'of no version'
  if (!(Number.parseInt(version, 10) >= OLDEST_VERSION))
    throw new JobError('E_CONFIG', `${place} is ${version}; Redis ${OLDEST_VERSION} or newer is needed`)
  if (facts.get('role') !== 'master')
    throw new JobError(
      'E_CONFIG',
      `${place} is a replica, which takes no writes: use its primary ${primaryOf(facts)}`,
    )
  if (facts.get('cluster_enabled') === '1')
    throw new JobError('E_CONFIG', `${place} is part of a cluster; only a single primary is supported`)
  const policy = facts.get('maxmemory_policy') ?? 'noeviction'
  // The other policies evict only keys that expire, and those of a load do not.
  if (policy.startsWith('allkeys-') && Number(facts.get('maxmemory') ?? 0) > 0)
    throw new JobError(
      'E_CONFIG',
      `${place} would evict loaded keys (maxmemory-policy ${policy}): CONFIG SET maxmemory-policy noeviction`,
    )
}

const primaryOf = (facts: ServerFacts): string => `${facts.get('master_host')}:${facts.get('master_port')}`

/** Servers differ in their modules, and a command can be renamed away. @throws JobError `E_CONFIG` when it is missing. */
export async function checkCommand(
  client: RedisClient,
  command: LoadCommand,
  target: RedisTarget,
): Promise<void> {
  const [known] = await commandInfo(client, command)
  if (known !== null) return
  const hint = command === 'json.set' ? '; it comes with Redis Stack, Redis 8, or the module RedisJSON' : ''
  throw new JobError('E_CONFIG', `${placeOf(target)} has no command ${command.toUpperCase()}${hint}`)
}

async function commandInfo(client: RedisClient, command: LoadCommand): Promise<unknown[]> {
  try {
    const reply: unknown = await client.sendCommand(['COMMAND', 'INFO', command])
    return Array.isArray(reply) ? (reply as unknown[]) : []
  } catch (error) {
    // Users that may not ask can often write all the same; if not, the first write says so.
    if (error instanceof ErrorReply && /^(NOPERM|ERR)/.test(error.message)) return []
    throw error
  }
}
