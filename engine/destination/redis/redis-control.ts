import { ErrorReply } from '@redis/client'
import { JobError } from '../../../shared/model/error.ts'
import type { RedisTarget } from '../../../shared/model/load-target.ts'
import { planOf } from '../../load/command-plan.ts'
import type { AppliedSpan, DestinationControl, DestinationRequest, Reconciled } from '../destination.ts'
import { connectRedis, redisError, type RedisClient } from './redis-client.ts'
import {
  clientOf,
  CONNECTION_PREFIX,
  MARK_FIELD,
  POSITION_PREFIX,
  positionField,
  runKey,
  spanOf,
  type RegisteredClient,
} from './run-hash.ts'
import { checkCommand, checkServer, factsWhenReady, identityOf, type ServerFacts } from './server-facts.ts'
import { changedDestination, faultOf } from './server-fault.ts'
import { compactSpans } from './spans.ts'

/** Fields that are asked for, or removed, at once. */
const FIELDS_AT_ONCE = 1_000

/**
 * The identity of a server is its `run_id`: with another one it was started anew and may have forgotten what it had
 * confirmed. Each call has a connection of its own, so that none is idle for the length of a run.
 *
 * Only for runs that write: a comparison and a dry run leave nothing in the destination and have no position.
 *
 * @throws JobError `E_CONFIG` for options that contradict each other.
 */
export async function openRedisControl(
  request: DestinationRequest,
  target: RedisTarget,
): Promise<DestinationControl> {
  const plan = planOf(request.options)
  const key = runKey(request.runId)
  const withServer = async <T>(use: (client: RedisClient, facts: ServerFacts) => Promise<T>): Promise<T> => {
    const client = await connectRedis(target, request.secrets.redisPassword)
    try {
      return await use(client, await factsWhenReady(client, target))
    } catch (error) {
      throw redisError(error, target)
    } finally {
      client.destroy()
    }
  }
  return {
    begin: () =>
      withServer(async (client, facts) => {
        checkServer(facts, target)
        await checkCommand(client, plan.command, target)
        const identity = identityOf(facts, target)
        await client.hSet(key, MARK_FIELD, identity)
        return identity
      }),
    reconcile: kept =>
      withServer(async (client, facts) => {
        checkServer(facts, target)
        const identity = { kept, now: identityOf(facts, target) }
        return reconcile(client, key, { identity, isScript: !plan.isIdempotent })
      }),
    end: () => withServer(async client => void (await client.unlink(key))),
    close: () => Promise.resolve(),
  }
}

/** Connections of a run, as they stand in its hash. */
interface Registered {
  readonly fields: ReadonlyMap<string, string>
  /** Their commands are scripts. */
  readonly isScript: boolean
}

/** `kept` is what the journal holds: it may be older than the mark, when it was interrupted before it kept that one. */
async function reconcile(
  client: RedisClient,
  key: string,
  run: {
    readonly identity: { readonly kept: string | null; readonly now: string }
    readonly isScript: boolean
  },
): Promise<Reconciled> {
  const { kept, now } = run.identity
  const mark = await client.hGet(key, MARK_FIELD)
  if (mark === null && kept === now)
    throw changedDestination(key, 'the positions of this run are gone, expected')
  const registered = await fieldsOf(client, key, CONNECTION_PREFIX)
  // Connections end with their server, and a new one counts its clients from the beginning.
  if (mark === now) await fence(client, key, { fields: registered, isScript: run.isScript })
  // Only now can nothing be written any more that these do not tell.
  const positions = await fieldsOf(client, key, POSITION_PREFIX)
  const found = [...positions].flatMap(([field, value]) => spanOf(field, value) ?? [])
  const spans = compactSpans(found)
  await rewrite(client, key, { mark: now, gone: [...registered.keys()], positions, spans })
  return { identity: now, spans, mayHaveForgotten: mark !== now || kept !== now }
}

async function fieldsOf(client: RedisClient, key: string, prefix: string): Promise<Map<string, string>> {
  const fields = new Map<string, string>()
  let cursor = '0'
  do {
    const page = await client.hScan(key, cursor, { MATCH: `${prefix}*`, COUNT: FIELDS_AT_ONCE })
    for (const { field, value } of page.entries) fields.set(field, value)
    cursor = page.cursor
  } while (cursor !== '0')
  return fields
}

/**
 * Bytes of a lost connection may still lie at the server, which would execute them later. Scripts check their
 * registration: for them it is enough that it is struck off first. All else must be known to be gone.
 */
async function fence(client: RedisClient, key: string, { fields, isScript }: Registered): Promise<void> {
  if (isScript && fields.size > 0) await client.hDel(key, [...fields.keys()])
  for (const [field, value] of fields) {
    const old = clientOf(field, value)
    const isEnded = old !== null && old.id > 0 && (await killed(client, old))
    if (!isEnded && !isScript) throw unfenced()
  }
}

/** Id and address must both fit, so that nobody else is hit. @returns Whether the connection is no more. */
async function killed(client: RedisClient, { id, address }: RegisteredClient): Promise<boolean> {
  const where = address === '-' ? [] : ['ADDR', address]
  try {
    await client.sendCommand(['CLIENT', 'KILL', 'ID', String(id), ...where])
    return true
  } catch (error) {
    if (error instanceof ErrorReply && faultOf(error.message) === 'job') return false
    throw error
  }
}

/** Everything or nothing: half of it would look as if the destination had been changed. */
async function rewrite(
  client: RedisClient,
  key: string,
  state: {
    readonly mark: string
    readonly gone: readonly string[]
    readonly positions: ReadonlyMap<string, string>
    readonly spans: readonly AppliedSpan[]
  },
): Promise<void> {
  const wanted = new Map(
    state.spans.map(({ first, step, next }) => [positionField(first, step), String(next)]),
  )
  const gone = [...state.gone, ...[...state.positions.keys()].filter(field => !wanted.has(field))]
  const changed = [...wanted].filter(([field, value]) => state.positions.get(field) !== value)
  const commands = client.multi().hSet(key, MARK_FIELD, state.mark)
  for (let at = 0; at < gone.length; at += FIELDS_AT_ONCE)
    commands.hDel(key, gone.slice(at, at + FIELDS_AT_ONCE))
  for (let at = 0; at < changed.length; at += FIELDS_AT_ONCE)
    commands.hSet(key, changed.slice(at, at + FIELDS_AT_ONCE))
  await commands.exec()
}

const unfenced = (): JobError =>
  new JobError(
    'E_CONFIG',
    'Redis does not let this user end connections of this run whose last commands may still come; ' +
      'grant it +client|id +client|info +client|kill in the ACL',
  )
