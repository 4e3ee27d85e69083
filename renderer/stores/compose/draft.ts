import { permissionKeysOf } from '../../../shared/model/field-schema.ts'
import type { JobKind } from '../../../shared/model/job.ts'
import { JOB_KINDS } from '../../../shared/model/job-schema.ts'
import { withoutPassword } from '../../../shared/model/load-target.ts'
import type { Given } from './field-form.ts'
import { EMPTY_FORM, FIELDS_OF_KIND, type JobForm } from './job-form.ts'
import { EMPTY_RESULTS, type ResultsForm } from './results-form.ts'

const KEY = 'interleave.draft'
/** Of another version nothing is taken. */
const VERSION = 1

/** What was composed and not started yet; survives a reload of the page, and no more than that. */
export interface Draft {
  readonly form: JobForm
  readonly results: ResultsForm
  /** What the inputs are called where the host runs. */
  readonly places: readonly string[]
}

/** Keeps a draft without permissions, passwords and what else is given anew each time. */
export function keepDraft(draft: Draft, storage: Storage = sessionStorage): void {
  const work = Object.fromEntries(JOB_KINDS.map(kind => [kind, kept(kind, draft.form.work[kind])]))
  try {
    storage.setItem(KEY, JSON.stringify({ version: VERSION, ...draft, form: { ...draft.form, work } }))
  } catch {
    // A list of inputs that is too large for the browser is not kept; nothing else depends on it.
    storage.removeItem(KEY)
  }
}

function kept(kind: JobKind, given: Given): Given {
  const permissions = permissionKeysOf(FIELDS_OF_KIND[kind])
  return Object.fromEntries(
    Object.entries(given)
      .filter(([key]) => !permissions.includes(key))
      .map(([key, value]) => [
        key,
        key === 'to' && typeof value === 'string' ? withoutPassword(value) : value,
      ]),
  )
}

/** @returns `null` when there is none that this version reads. */
export function keptDraft(storage: Storage = sessionStorage): Draft | null {
  try {
    const value = JSON.parse(storage.getItem(KEY) ?? 'null') as (Draft & { readonly version: number }) | null
    if (value?.version !== VERSION || !JOB_KINDS.includes(value.form.kind)) return null
    return {
      form: {
        kind: value.form.kind,
        work: { ...EMPTY_FORM.work, ...value.form.work },
        parallelism: { ...EMPTY_FORM.parallelism, ...value.form.parallelism },
      },
      results: { ...EMPTY_RESULTS, ...value.results },
      places: value.places,
    }
  } catch {
    // Whatever stands there is not ours.
    return null
  }
}
