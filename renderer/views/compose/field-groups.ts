import type { Field, Fields } from '../../../shared/model/field.ts'
import { parallelismFields } from '../../../shared/model/fields/parallelism.ts'
import type { JobKind } from '../../../shared/model/job.ts'
import type { Given } from '../../stores/compose/field-form.ts'
import { FIELDS_OF_KIND } from '../../stores/compose/job-form.ts'

export type Depth = 1 | 2 | 3

export interface ShownField {
  readonly part: 'work' | 'parallelism'
  readonly key: string
  readonly field: Field
}

export interface FieldGroup {
  readonly group: Field['group']
  readonly fields: readonly ShownField[]
}

/** In the order in which a person thinks of a job. */
const GROUPS = ['work', 'request', 'extract', 'limits', 'politeness', 'parallelism', 'result'] as const

/** Drawn and set beside the pictures of the models. */
const IN_PLAN: readonly string[] = ['model', 'processes', 'threads', 'inFlight']

/** Options that mean something only where others are set so. */
const NEEDS: Readonly<Record<string, (options: Readonly<Record<string, unknown>>) => boolean>> = {
  score: options => options['command'] === 'zadd',
  command: options => isRedis(options['to']),
}

const isRedis = (to: unknown): boolean => typeof to === 'string' && /^redis(\+unix)?:/i.test(to)

export interface Wanted {
  readonly kind: JobKind
  readonly depth: Depth
  readonly given: { readonly work: Given; readonly parallelism: Given }
  /** Values of the job's options, for fields that depend on others. */
  readonly options: Readonly<Record<string, unknown>>
}

/** @returns What is shown at a depth; what was set stays in sight at any. */
export function fieldGroups({ kind, depth, given, options }: Wanted): readonly FieldGroup[] {
  const shown = (part: ShownField['part'], fields: Fields): ShownField[] =>
    Object.entries(fields)
      .filter(([key, field]) => field.level <= depth || given[part][key] !== undefined)
      .filter(([key]) => part === 'work' || !IN_PLAN.includes(key))
      // Standard input is that of the host, which is nobody's here.
      .filter(([key]) => key !== 'spool')
      .filter(([key]) => NEEDS[key]?.(options) ?? true)
      .map(([key, field]) => ({ part, key, field }))
  const all = [...shown('work', FIELDS_OF_KIND[kind]), ...shown('parallelism', parallelismFields)]
  return GROUPS.map(group => ({ group, fields: all.filter(({ field }) => field.group === group) })).filter(
    ({ fields }) => fields.length > 0,
  )
}
