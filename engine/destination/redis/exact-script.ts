import { createHash } from 'node:crypto'
import { FAILURE_PREFIX } from './run-hash.ts'
import { NOT_OF_DATA } from './server-fault.ts'

/** Longest text of the server, and longest key, that a failure keeps. */
const TEXT_BYTES = 160
const KEY_BYTES = 48

/** Longest answer for one record. */
export const FAILURE_BYTES = 400

/**
 * Applies a batch of commands that must be executed once: all of it and its position, or nothing.
 *
 * It goes ahead only when the connection is still registered (`gone` otherwise) and the stored position is the expected
 * one (`moved` otherwise). The position comes first: what keeps the server from writing at all stops the script before
 * it has changed anything (`fault`). Once a script has written, Redis lets its other writes through even when memory is
 * short; should one be kept back nevertheless, the position says how far the batch got (`part`). What the server has
 * against one record is kept beside the position, and so are notes of records that could not be written at all (those
 * without arguments), so that it is known whoever asks next.
 *
 * Redis 6 puts the place in the script and a `-` before its own errors.
 */
export const EXACT_SCRIPT = `
local hash, field, expected = KEYS[1], ARGV[3], ARGV[4]
local kept = redis.call('HMGET', hash, ARGV[1], field)
if kept[1] ~= ARGV[2] then return {'gone'} end
local stored = kept[2] or ''
if stored ~= expected then return {'moved', stored} end

local function errorOf(reply)
  if type(reply) ~= 'table' or not reply.err then return nil end
  local text = string.gsub(reply.err, '^@user_script: ?%d+: ', '')
  text = string.gsub(text, '^%-', '')
  text = string.gsub(text, '%s+$', '')
  return string.sub(text, 1, ${TEXT_BYTES})
end
local text = errorOf(redis.pcall('HSET', hash, field, ARGV[5]))
if text then return {'fault', text} end

local ofServer = {${NOT_OF_DATA.map(word => `${word}=1`).join(',')}}
local failures, at, record, total = {}, 7, 0, #ARGV
while at <= total do
  local count = tonumber(ARGV[at + 1])
  local last = at + 1 + count
  text = nil
  if count == 0 then
    last = last + 1
    record = record - 1
    redis.call('HSET', hash, '${FAILURE_PREFIX}' .. ARGV[at], ARGV[last])
  else
    text = errorOf(redis.pcall(ARGV[6], unpack(ARGV, at + 2, last)))
  end
  if text then
    local isOfServer = ofServer[string.match(text, '^%S+')] or string.find(text, 'run this command', 1, true)
      or string.find(text, 'nknown Redis command', 1, true)
    if isOfServer and at > 7 then
      redis.call('HSET', hash, field, ARGV[at])
      return {'part', text, ARGV[at], failures}
    elseif isOfServer then
      if expected == '' then redis.call('HDEL', hash, field) else redis.call('HSET', hash, field, expected) end
      return {'fault', text}
    end
    local key = ARGV[at + 2]
    local shown = '"' .. key .. '"'
    if #key > ${KEY_BYTES} then shown = '"' .. string.sub(key, 1, ${KEY_BYTES}) .. '…" of ' .. #key .. ' bytes' end
    local message = 'Redis refused key ' .. shown .. ': ' .. text
    redis.call('HSET', hash, '${FAILURE_PREFIX}' .. ARGV[at], 'E_DEST_DATA ' .. message)
    failures[#failures + 1] = record
    failures[#failures + 1] = message
  end
  at = last + 1
  record = record + 1
end
return {'done', failures}
`

export const EXACT_SHA = createHash('sha1').update(EXACT_SCRIPT).digest('hex')

export type ExactAnswer =
  | { readonly kind: 'gone' }
  | { readonly kind: 'moved'; readonly stored: string }
  | { readonly kind: 'fault'; readonly text: string }
  | { readonly kind: 'part'; readonly text: string; readonly task: number; readonly failures: ScriptFailures }
  | { readonly kind: 'done'; readonly failures: ScriptFailures }

/** Place in what was sent, and message, in turn. */
export type ScriptFailures = readonly (readonly [record: number, message: string])[]

/** @returns What the script answered; `null` for anything else. */
export function answerOf(value: unknown): ExactAnswer | null {
  if (!Array.isArray(value)) return null
  const [kind, second, third, fourth] = value as readonly unknown[]
  if (kind === 'gone') return { kind }
  if (kind === 'moved' && typeof second === 'string') return { kind, stored: second }
  if (kind === 'fault' && typeof second === 'string') return { kind, text: second }
  if (kind === 'done') {
    const failures = failuresIn(second)
    return failures && { kind, failures }
  }
  if (kind !== 'part' || typeof second !== 'string' || typeof third !== 'string') return null
  const failures = failuresIn(fourth)
  return failures && /^\d{1,16}$/.test(third) ? { kind, text: second, task: Number(third), failures } : null
}

function failuresIn(value: unknown): ScriptFailures | null {
  if (!Array.isArray(value) || value.length % 2 !== 0) return null
  const failures: [number, string][] = []
  for (let at = 0; at < value.length; at += 2) {
    const [record, message] = [value[at] as unknown, value[at + 1] as unknown]
    if (typeof record !== 'number' || typeof message !== 'string') return null
    failures.push([record, message])
  }
  return failures
}
