import { JobError, printable } from '../../shared/model/error.ts'
import type { LoadCommand, LoadOptions } from '../../shared/model/fields/load.ts'
import { parseTarget, type LoadTarget } from '../../shared/model/load-target.ts'
import type { Refusal } from '../source/cursor.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import type { RecordView } from './record-view.ts'
import { compileTemplate, type Template } from './template.ts'

/**
 * What is written for a record, fixed before the first one is read: the name of the command is from a closed list, and
 * what a record contributes is always one argument as it stands, never a name and never several.
 *
 * | command                   | arguments                                          |
 * | ------------------------- | -------------------------------------------------- |
 * | set, rpush, sadd, incrby  | key, value                                         |
 * | json.set                  | key, `$`, value                                    |
 * | zadd                      | key, score, value                                  |
 * | hset                      | key, then name and value of each field             |
 * | xadd                      | key, `*`, then name and value of each field        |
 *
 * Members that are JSON `null` are no fields. A record of lines has the one field `value`.
 */
export interface CommandPlan {
  readonly command: LoadCommand
  /** Writing a record twice leaves what writing it once leaves. */
  readonly isIdempotent: boolean
  /** Whether records must be read with their fields. */
  readonly needsFields: boolean
  /** The arguments are the fields of the record, where it has any. */
  readonly spreadsFields: boolean
  /** Only records without fields can be written: `--value` says what, and the command would write every field. */
  readonly refusesFields: boolean
  readonly key: Template
  /** With {@link spreadsFields} the value of the field `value` of a record without fields. */
  readonly value: Template
  /** Set for `zadd` alone. */
  readonly score: Template | null
}

/** Name of the only field of a record that has none of its own. */
export const LINE_FIELD = 'value'
/** Where `json.set` writes: the whole document. */
export const JSON_PATH = '$'

const DEFAULT_KEY = '{index}'
const DEFAULT_VALUE = '{line}'
const NOT_IDEMPOTENT: readonly LoadCommand[] = ['rpush', 'xadd', 'incrby']
const SPREADING: readonly LoadCommand[] = ['hset', 'xadd']
const FORMATS_WITH_FIELDS: readonly string[] = ['csv', 'tsv', 'jsonl']

/**
 * What can be known of an input only when it was recognised is checked by {@link checkFormat}, and what differs from
 * record to record by {@link refuseFields} and the templates.
 *
 * @throws JobError `E_CONFIG` for a wrong template and for options that contradict each other.
 */
export function planOf(options: LoadOptions): CommandPlan {
  const { command } = options
  const target = targetOf(options)
  if (command !== 'set' && options.to !== null && (target === 'sqlite' || target === 'jsonl'))
    throw new JobError('E_CONFIG', `--command ${command} is for Redis; the destination is ${target}`)
  if (command === 'zadd' && options.score === null)
    throw new JobError('E_CONFIG', '--command zadd needs --score, for example --score {field:points}')
  if (command !== 'zadd' && options.score !== null)
    throw new JobError('E_CONFIG', `--score is only for --command zadd, not for ${command}`)

  const key = compileTemplate(options.key ?? DEFAULT_KEY)
  const value = compileTemplate(options.value ?? DEFAULT_VALUE)
  const score = options.score === null ? null : compileTemplate(options.score)
  const spreadsFields = SPREADING.includes(command)
  // Files have a column, or a member, for each field unless a value was asked for.
  const keepsFields = options.value === null && (target === 'sqlite' || target === 'jsonl')
  const hasFieldTemplate = key.needsFields || value.needsFields || (score?.needsFields ?? false)
  const plan: CommandPlan = {
    command,
    isIdempotent: !NOT_IDEMPOTENT.includes(command),
    needsFields: spreadsFields || keepsFields || hasFieldTemplate,
    spreadsFields,
    refusesFields: spreadsFields && options.value !== null,
    key,
    value,
    score,
  }
  if (options.format !== 'auto') checkFormat(plan, { format: options.format, header: null })
  return plan
}

/**
 * Compares what the job wants with an input that was recognised, before anything of it is written.
 *
 * @throws JobError `E_CONFIG` when no record of this format could be written, `E_SCHEMA` when the header row lacks a
 *   field that is asked for.
 */
export function checkFormat(plan: CommandPlan, input: Pick<RecordFormat, 'format' | 'header'>): void {
  const { format, header } = input
  if (plan.refusesFields && FORMATS_WITH_FIELDS.includes(format))
    throw new JobError(
      'E_CONFIG',
      `--command ${plan.command} writes every field of a ${format} record, so --value has no place; leave it out`,
    )
  for (const template of [plan.key, plan.value, plan.score]) {
    if (template === null || !template.needsFields) continue
    if (format === 'lines')
      throw new JobError('E_CONFIG', `template "${template.text}": records of lines have no fields`)
    const missing = header === null ? undefined : template.fieldNames.find(name => !header.includes(name))
    if (header !== null && missing !== undefined)
      throw new JobError(
        'E_SCHEMA',
        `template "${template.text}": the header row has no "${missing}", but ${namesOf(header)}`,
      )
  }
}

/**
 * For plans that spread fields: whether this record has what the command needs.
 *
 * @returns Why not; `null` as a rule.
 */
export function refuseFields(plan: CommandPlan, record: RecordView): Refusal | null {
  const { fields } = record
  if (fields === null) return null
  if (plan.refusesFields)
    return refuse(record, `--value is for records without fields, ${plan.command} writes them all`)
  for (let at = 0; at < fields.count; at++) if (!fields.isNull(at)) return null
  return refuse(record, `${plan.command} needs at least one field that is not null`)
}

/**
 * @returns Whether what a record left behind can be told from what other records left: lists, streams and counters
 *   have no trace of one record.
 */
export const canVerify = (options: Pick<LoadOptions, 'command'>): boolean =>
  !NOT_IDEMPOTENT.includes(options.command)

const refuse = (record: RecordView, problem: string): Refusal => ({
  code: 'E_SCHEMA',
  message: printable(`line ${record.line}: ${problem}`),
  isSkip: false,
})

/** A job without destination goes into an SQLite file. */
const targetOf = (options: LoadOptions): LoadTarget['kind'] =>
  options.to === null ? 'sqlite' : parseTarget(options.to).target.kind

const namesOf = (header: readonly string[]): string => {
  const shown = header.slice(0, 8).map(name => `"${name}"`)
  return `${shown.join(', ')}${header.length > shown.length ? ` and ${header.length - shown.length} more` : ''}`
}
