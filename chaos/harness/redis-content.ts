import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { RedisServer } from '../../tests/support/redis-server.ts'

/** Sums of what is hashed of every key, so that the order of keys does not matter. Entries of streams go without their ids. */
const DIGEST = `
local a, b, keys, members = 0, 0, redis.call('KEYS', '*'), 0
for _, key in ipairs(keys) do
  local kind, parts = redis.call('TYPE', key)['ok'], nil
  if kind == 'string' then parts = { redis.call('GET', key) }
  elseif kind == 'list' then 
    parts = redis.call('LRANGE', key, 0, -1)
    if ARGV[1] ~= 'ordered' then table.sort(parts) end
  elseif kind == 'stream' then
    parts = {}
    for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
      parts[#parts + 1] = table.concat(entry[2], '\\0')
    end
    table.sort(parts)
  elseif kind == 'hash' then
    local flat = redis.call('HGETALL', key)
    parts = {}
    for at = 1, #flat, 2 do parts[#parts + 1] = flat[at] .. '\\0' .. flat[at + 1] end
    table.sort(parts)
  else parts = { 'unexpected ' .. kind } end
  members = members + #parts
  local hash = redis.sha1hex(key .. '\\0' .. kind .. '\\0' .. table.concat(parts, '\\1'))
  a = (a + tonumber(hash:sub(1, 10), 16)) % 2^48
  b = (b + tonumber(hash:sub(11, 20), 16)) % 2^48
end
return { #keys, members, string.format('%012x%012x', a, b) }`

/** What a server holds. */
export interface RedisContent {
  readonly keys: number
  /** Values, members of lists, fields of hashes and entries of streams. */
  readonly members: number
  readonly digest: string
}

/** Whether the order of what is in a list counts. */
export type ListOrder = 'ordered' | 'any'

/** Asked by redis-cli, computed in the server. */
export async function contentOf(redis: RedisServer, lists: ListOrder): Promise<RedisContent> {
  const [keys, members, digest = ''] = (await redis.cli('EVAL', DIGEST, '0', lists)).split('\n')
  return { keys: Number(keys), members: Number(members), digest }
}

const COMMANDS_PER_WRITE = 5_000

/** The reference load: once, in order, undisturbed, by `redis-cli --pipe`. @throws Error when a command was refused. */
export async function pipeInto(
  redis: RedisServer,
  count: number,
  commandOf: (at: number) => string[],
): Promise<void> {
  const child = spawn('redis-cli', ['-p', String(redis.port), '--pipe'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const closed = once(child, 'close')
  for (let first = 0; first < count; first += COMMANDS_PER_WRITE) {
    let text = ''
    for (let at = first; at < Math.min(count, first + COMMANDS_PER_WRITE); at += 1)
      text += encode(commandOf(at))
    if (!child.stdin.write(text)) await once(child.stdin, 'drain')
  }
  child.stdin.end()
  await closed
  if (!output.includes(`errors: 0, replies: ${count}`))
    throw new Error(`the reference load failed: ${output}`)
}

const encode = (args: readonly string[]): string =>
  `*${args.length}\r\n${args.map(arg => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`
