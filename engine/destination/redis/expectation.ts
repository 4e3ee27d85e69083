import { isDeepStrictEqual } from 'node:util'
import { printable } from '../../../shared/model/error.ts'
import { JSON_PATH, LINE_FIELD, refuseFields, type CommandPlan } from '../../load/command-plan.ts'
import type { RecordView } from '../../load/record-view.ts'
import type { Template } from '../../load/template.ts'
import type { Refusal } from '../../source/cursor.ts'

/** What a record should have left behind, and how it is asked for. */
export interface Expectation {
  readonly key: Buffer
  /** Command and arguments that read it back. */
  readonly question: readonly (string | Buffer)[]
  readonly bytes: number
  /** @param answer A `Buffer`, a number, `null`, or an array of these. @returns What is there instead; `null` when it fits. */
  differenceOf(answer: unknown): string | null
}

/** @returns What `record` should have left; why it could not be written, where that is so. */
export function expectationOf(
  plan: CommandPlan,
  record: RecordView,
): { readonly expected: Expectation } | { readonly refusal: Refusal } {
  const key = bytesOf(plan.key, record)
  if (!Buffer.isBuffer(key)) return { refusal: key }
  if (plan.spreadsFields && record.fields !== null) {
    const refusal = refuseFields(plan, record)
    return refusal === null ? { expected: fieldsExpectation(key, namedValues(record)) } : { refusal }
  }
  const value = bytesOf(plan.value, record)
  if (!Buffer.isBuffer(value)) return { refusal: value }
  const score = plan.score === null ? null : bytesOf(plan.score, record)
  if (score !== null && !Buffer.isBuffer(score)) return { refusal: score }
  switch (plan.command) {
    case 'hset':
      return { expected: fieldsExpectation(key, [[LINE_FIELD, value]]) }
    case 'sadd':
      return { expected: memberExpectation(key, value) }
    case 'zadd':
      return { expected: scoreExpectation(key, value, score ?? Buffer.alloc(0)) }
    case 'json.set':
      return { expected: documentExpectation(key, value) }
    default:
      return { expected: valueExpectation(key, value) }
  }
}

function bytesOf(template: Template, record: RecordView): Buffer | Refusal {
  const length = template.measure(record)
  if (length < 0)
    return template.problem ?? { code: 'E_SCHEMA', message: `line ${record.line}: no value`, isSkip: false }
  const bytes = Buffer.allocUnsafe(length)
  template.write(record, bytes, 0)
  return bytes
}

/** Where a name occurs twice, the last one is what HSET leaves. */
function namedValues({ fields }: RecordView): (readonly [name: string, value: Buffer])[] {
  const values = new Map<string, Buffer>()
  for (let at = 0; fields !== null && at < fields.count; at++)
    if (!fields.isNull(at))
      values.set(
        fields.nameOf(at),
        Buffer.from(fields.bytesOf(at).subarray(fields.startOf(at), fields.endOf(at))),
      )
  return [...values]
}

const valueExpectation = (key: Buffer, value: Buffer): Expectation => ({
  key,
  question: ['GET', key],
  bytes: key.length + value.length,
  differenceOf: answer => differenceOfBytes(value, answer),
})

function fieldsExpectation(
  key: Buffer,
  values: readonly (readonly [name: string, value: Buffer])[],
): Expectation {
  return {
    key,
    question: ['HMGET', key, ...values.map(([name]) => name)],
    bytes: values.reduce((sum, [name, value]) => sum + name.length + value.length, key.length),
    differenceOf(answer) {
      const found: readonly unknown[] = Array.isArray(answer) ? answer : []
      for (const [at, [name, value]] of values.entries()) {
        const difference = differenceOfBytes(value, found[at])
        if (difference !== null) return `field "${name}" ${difference}`
      }
      return null
    },
  }
}

const memberExpectation = (key: Buffer, value: Buffer): Expectation => ({
  key,
  question: ['SISMEMBER', key, value],
  bytes: key.length + value.length,
  differenceOf: answer => (answer === 1 ? null : `does not hold ${shown(value)}`),
})

const scoreExpectation = (key: Buffer, member: Buffer, score: Buffer): Expectation => ({
  key,
  question: ['ZSCORE', key, member],
  bytes: key.length + member.length + score.length,
  differenceOf(answer) {
    if (!Buffer.isBuffer(answer)) return `does not hold ${shown(member)}`
    return scoreOf(answer) === scoreOf(score)
      ? null
      : `has ${shown(member)} with score ${shown(answer)} instead of ${shown(score)}`
  },
})

/** A document is written anew by the server, so it is compared as what it says. */
const documentExpectation = (key: Buffer, value: Buffer): Expectation => ({
  key,
  question: ['JSON.GET', key, JSON_PATH],
  bytes: key.length + value.length,
  differenceOf(answer) {
    if (!Buffer.isBuffer(answer)) return 'is missing'
    const [found] = documentsIn(answer)
    const [expected] = documentsIn(Buffer.concat([Buffer.from('['), value, Buffer.from(']')]))
    return isDeepStrictEqual(found, expected) ? null : `holds ${shown(answer)} instead of ${shown(value)}`
  },
})

function documentsIn(bytes: Buffer): readonly unknown[] {
  try {
    const documents: unknown = JSON.parse(bytes.toString())
    return Array.isArray(documents) ? documents : []
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

/** Scores are doubles that are written shorter or longer: `1`, `1.0`, `1e0`, `+inf`. */
function scoreOf(bytes: Buffer): number {
  const text = bytes.toString('latin1').toLowerCase()
  const infinite = /^([+-]?)inf(inity)?$/.exec(text)
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity
  return text.trim() === '' ? NaN : Number(text)
}

function differenceOfBytes(expected: Buffer, found: unknown): string | null {
  if (!Buffer.isBuffer(found)) return 'is missing'
  if (found.equals(expected)) return null
  return `holds ${shown(found)} instead of ${shown(expected)}`
}

const VALUE_CHARACTERS = 32
const KEY_CHARACTERS = 64

/** @returns Length and first characters of a value, fit to be shown. */
const shown = (bytes: Buffer): string => `${quoted(bytes, VALUE_CHARACTERS)} (${bytes.length} bytes)`

/** @returns A key, cut when it is long, fit to be shown. */
export const nameOf = (key: Buffer): string => quoted(key, KEY_CHARACTERS)

function quoted(bytes: Buffer, most: number): string {
  // A character has four bytes at most; one more shows that something is left.
  const characters = [...printable(bytes.subarray(0, 4 * most + 4).toString())]
  return characters.length <= most ? `"${characters.join('')}"` : `"${characters.slice(0, most).join('')}…"`
}
