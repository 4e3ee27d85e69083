import { computed, shallowRef } from 'vue'

import { permissionKeysOf } from '../../../shared/model/field-schema.ts'
import { parallelismFields } from '../../../shared/model/fields/parallelism.ts'
import { optionsOf, type JobKind } from '../../../shared/model/job.ts'
import type { Settings } from '../../../shared/model/settings.ts'
import { formValueOf, givenOf, type FormValue } from './field-form.ts'
import { EMPTY_FORM, FIELDS_OF_KIND, parallelismDefaults, workDefaultsOf, type JobForm } from './job-form.ts'
import type { Asked, OpenedJob } from './opened-job.ts'
import { EMPTY_RESULTS, resultsOf, type ResultsForm } from './results-form.ts'

/** What the person sets, besides the inputs. */
export function composeForm(defaults: () => Settings['defaults']) {
  const form = shallowRef<JobForm>(EMPTY_FORM)
  const results = shallowRef<ResultsForm>(EMPTY_RESULTS)
  const redisPassword = shallowRef('')
  const asked = shallowRef<readonly Asked[]>([])
  const isKindChosen = shallowRef(false)
  const kind = computed(() => form.value.kind)

  const setKind = (chosen: JobKind): void => {
    isKindChosen.value = true
    form.value = { ...form.value, kind: chosen }
  }
  /** Of what the inputs suit; what the person chose stays. */
  const suggestKind = (likeliest: JobKind): void => {
    if (!isKindChosen.value && form.value.kind !== likeliest) form.value = { ...form.value, kind: likeliest }
  }
  /** `undefined` puts a field back to its default. */
  const set = (part: 'work' | 'parallelism', key: string, value: FormValue | undefined): void =>
    setOf(kind.value, part, key, value)
  const setOf = (
    of: JobKind,
    part: 'work' | 'parallelism',
    key: string,
    value: FormValue | undefined,
  ): void => {
    const { [key]: _, ...others } = form.value[part][of]
    const given = value === undefined ? others : { ...others, [key]: value }
    form.value = { ...form.value, [part]: { ...form.value[part], [of]: given } }
  }
  const setResults = (changed: Partial<ResultsForm>): void => {
    results.value = { ...results.value, ...changed }
  }
  const clear = (): void => {
    form.value = { ...EMPTY_FORM, kind: kind.value }
    results.value = EMPTY_RESULTS
    redisPassword.value = ''
    asked.value = []
    isKindChosen.value = false
  }
  /** Fills the form with a job; what it asks for beyond its work waits for {@link answer}. */
  const fill = (opened: OpenedJob, ending: ResultsForm): void => {
    clear()
    form.value = formOf(opened, defaults())
    isKindChosen.value = true
    results.value = ending
    asked.value = opened.asked
  }
  /** Takes over what an opened job asked for, or leaves it out. */
  const answer = (one: Asked, isAllowed: boolean): void => {
    asked.value = asked.value.filter(other => other !== one)
    if (!isAllowed) return
    if (one.is === 'results') setResults(askedResults(one))
    else setOf(one.kind, 'work', one.key, formValueOf(FIELDS_OF_KIND[one.kind][one.key]!, one.value))
  }

  const state = { form, results, redisPassword, asked, isKindChosen, kind }
  return { ...state, setKind, suggestKind, set, setResults, clear, fill, answer }
}

function formOf({ job }: OpenedJob, defaults: Settings['defaults']): JobForm {
  const { kind } = job
  const fields = FIELDS_OF_KIND[kind]
  const work = givenOf(fields, optionsOf(job), workDefaultsOf(kind, defaults), permissionKeysOf(fields))
  const usual = parallelismDefaults(kind, defaults)
  const parallelism = givenOf(parallelismFields, job.parallelism, usual, [])
  return {
    kind,
    work: { ...EMPTY_FORM.work, [kind]: work },
    parallelism: { ...EMPTY_FORM.parallelism, [kind]: parallelism },
  }
}

function askedResults({ key, options }: Extract<Asked, { readonly is: 'results' }>): Partial<ResultsForm> {
  const all: ResultsForm = { ...resultsOf(options), rejects: options.rejects ?? '' }
  const name = key === 'patienceMs' ? 'patience' : key
  return { [name]: all[name] }
}
