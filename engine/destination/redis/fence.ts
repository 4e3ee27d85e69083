import { setTimeout as pause } from 'node:timers/promises'
import { JobError } from '../../../shared/model/error.ts'
import type { RedisConnection } from './connection.ts'
import { may, must } from './greeting.ts'
import type { ReplyValue } from './reply-parser.ts'
import { clientOf, CONNECTION_PREFIX, runKey, type RegisteredClient } from './run-hash.ts'

/** Longest list of connections, and longest page of a hash, that are read. */
export const LIST_BYTES = 16 * 2 ** 20

const LOOK_AGAIN_MS = 100

/**
 * Makes sure that a connection of an earlier time can write no more: the server may still hold commands of it that it
 * has not executed. Only for the same server process, whose numbers are never used twice.
 *
 * @param isFencedByScript Whether what the connection sends checks its registration, so that it does no harm once that
 *   is gone.
 * @throws JobError `E_CONFIG` when the server lets us neither end the connection nor see it end; ServerError,
 *   ConnectionLost.
 */
export async function fence(
  connection: RedisConnection,
  { id, address }: Pick<RegisteredClient, 'id' | 'address'>,
  isFencedByScript: boolean,
): Promise<void> {
  if (id > 0) {
    const where = address === '-' ? [] : ['ADDR', address]
    // Answers how many were ended; none is there when the server has noticed the loss itself.
    if (typeof (await may(connection, ['CLIENT', 'KILL', 'ID', String(id), ...where])) === 'number') return
  }
  if (isFencedByScript) return
  if (id === 0) throw unfenced()
  while (await isConnected(connection, id)) await pause(LOOK_AGAIN_MS)
}

/**
 * Fences the registered connections of a run and strikes them off.
 *
 * @param isLeft Which segments' connections may go on.
 */
export async function fenceOthers(
  connection: RedisConnection,
  runId: string,
  {
    isFencedByScript,
    isLeft,
  }: { readonly isFencedByScript: boolean; readonly isLeft: (segment: number) => boolean },
): Promise<void> {
  const key = runKey(runId)
  for await (const [field, value] of fieldsOf(connection, key, `${CONNECTION_PREFIX}*`)) {
    const client = clientOf(field, value)
    if (!client || isLeft(client.segment)) continue
    // What checks its registration must lose that first, what does not must not lose it before it is fenced.
    if (!isFencedByScript) await fence(connection, client, false)
    await must(connection, ['HDEL', key, field], 'write')
    if (isFencedByScript) await fence(connection, client, true)
  }
}

/** Reads a hash page by page; a field that does not change meanwhile comes at least once. */
export async function* fieldsOf(
  connection: RedisConnection,
  key: string,
  pattern: string,
): AsyncGenerator<readonly [field: string, value: string]> {
  let cursor = '0'
  do {
    const command = ['HSCAN', key, cursor, 'MATCH', pattern, 'COUNT', '1000']
    const page = await must(connection, command, 'read what it wrote before', LIST_BYTES)
    const [next, fields] = pageOf(page)
    for (let at = 0; at < fields.length; at += 2) {
      const [field, value] = [fields[at], fields[at + 1]]
      if (typeof field === 'string' && typeof value === 'string') yield [field, value]
    }
    cursor = next
  } while (cursor !== '0')
}

async function isConnected(connection: RedisConnection, id: number): Promise<boolean> {
  try {
    const list = await must(connection, ['CLIENT', 'LIST'], 'see its connections', LIST_BYTES)
    return typeof list !== 'string' || new RegExp(`^id=${id} `, 'm').test(list)
  } catch (error) {
    if (error instanceof JobError) throw unfenced()
    throw error
  }
}

function pageOf(page: ReplyValue): readonly [cursor: string, fields: readonly ReplyValue[]] {
  if (Array.isArray(page) && typeof page[0] === 'string' && Array.isArray(page[1])) return [page[0], page[1]]
  throw new JobError('E_INTERNAL', 'Redis answered HSCAN with something else than a page')
}

const unfenced = (): JobError =>
  new JobError(
    'E_CONFIG',
    'Redis does not let this user end its own lost connection, whose last commands may still come; ' +
      'grant it +client|id +client|info +client|kill in the ACL',
  )
