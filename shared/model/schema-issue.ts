import type * as z from 'zod'

import { withoutUserinfo } from './userinfo.ts'

type PathKey = string | number | symbol

const SHOWN_CHARACTERS = 60

/**
 * What a schema refused first, as one phrase: JSON path, what was expected, what was found.
 *
 * @param value What was parsed; the found value is looked up in it.
 * @param secretKeys Values under these keys are not shown.
 * @returns For example `$.crawl.retries: expected a whole number from 0 to 20, found 99`.
 */
export function describeIssue(error: z.ZodError, value: unknown, secretKeys: readonly string[] = []): string {
  const issue = error.issues[0]
  if (issue === undefined) return '$: not valid'
  const path = pathText(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return `${path}: unknown key ${issue.keys.map(key => shown(key)).join(', ')}; leave it out`
  }
  const isSecret = issue.path.some(key => secretKeys.includes(String(key)))
  // Only messages of our own kind leave room for what was found.
  return isSecret || !issue.message.startsWith('expected')
    ? `${path}: ${issue.message}`
    : `${path}: ${issue.message}, found ${shown(valueAt(value, issue.path))}`
}

/** @returns `$.parallelism.inFlight`, `$.inputs[3]`. */
export const pathText = (path: readonly PathKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return /^[A-Za-z_]\w*$/.test(String(key)) ? `${text}.${String(key)}` : `${text}[${shown(String(key))}]`
  }, '$')

function valueAt(value: unknown, path: readonly PathKey[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<PathKey, unknown>)[key]
  }
  return at
}

/** A value in a message, cut short, without the password of a URL. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  const text =
    typeof value === 'string' ? JSON.stringify(withoutUserinfo(value)) : `${value as number | boolean | null}`
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`
}
