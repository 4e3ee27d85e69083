import { computed } from 'vue'

import type { Connection } from '../../client/host-bridge.ts'
import { NO_SECRETS, type JobSpec } from '../../../shared/model/job.ts'
import { parseTarget } from '../../../shared/model/load-target.ts'
import type { Settings } from '../../../shared/model/settings.ts'
import type { composeForm } from './form-state.ts'
import type { composeInputs } from './inputs.ts'
import { readJob } from './job-form.ts'
import type { composeMachine } from './machine.ts'
import { defaultRejectsOf, defaultTargetOf, type Places } from './places.ts'
import { readResults } from './results-form.ts'
import type { StartRequest } from './start.ts'
import { targetOf } from './work-checks.ts'

/** Why a run cannot be started yet. */
export type Blocker = 'connection' | 'inputs' | 'busy' | 'refused' | 'problems' | 'machine'

export interface JobParts {
  readonly form: ReturnType<typeof composeForm>
  readonly inputs: ReturnType<typeof composeInputs>
  readonly machine: ReturnType<typeof composeMachine>
  readonly defaults: () => Settings['defaults']
  readonly connection: () => Connection
}

/** The job that the form and the inputs make, and what is still wrong with it. */
export function composeJob({ form, inputs, machine, defaults, connection }: JobParts) {
  const firstPlace = computed<Places | null>(() => {
    const [input] = inputs.places.value
    const dataDir = machine.report.value?.dataDir.path
    if (input === undefined || dataDir === undefined) return null
    return { input, dataDir, isUploaded: input.startsWith(dataDir) }
  })
  const defaultTo = computed(() => (firstPlace.value === null ? null : defaultTargetOf(firstPlace.value)))
  const read = computed(() => {
    const context = { inputs: inputs.places.value, defaults: defaults(), defaultTo: defaultTo.value }
    return readJob(form.form.value, context)
  })
  const ending = computed(() => readResults(form.results.value, form.kind.value))
  const problems = computed(() => read.value.problems)
  const endingProblems = computed(() => ending.value.problems)
  const problemCount = computed(
    () => Object.keys(problems.value).length + Object.keys(endingProblems.value).length,
  )
  const hasWork = computed(() => form.kind.value === 'cpu' || inputs.places.value.length > 0)
  /** `null` until there is something to run, and while something in it is wrong. */
  const job = computed<JobSpec | null>(() =>
    hasWork.value && Object.keys(problems.value).length === 0 ? read.value.job : null,
  )
  const target = computed(() => (read.value.job.kind === 'load' ? targetOf(read.value.job.load.to) : null))

  const inputBlocker = (): Blocker | null => {
    if (form.kind.value === 'cpu') return null
    if (inputs.inputs.value.length === 0) return 'inputs'
    if (inputs.isBusy.value) return 'busy'
    return inputs.refused.value.length > 0 || inputs.places.value.length === 0 ? 'refused' : null
  }
  const blocker = computed<Blocker | null>(() => {
    if (connection() !== 'open') return 'connection'
    const byInputs = inputBlocker()
    if (byInputs !== null) return byInputs
    if (problemCount.value > 0) return 'problems'
    return job.value?.kind === 'load' && job.value.load.to === null ? 'machine' : null
  })

  /** What to start now: with a new name for rejects, and the password apart from the destination. */
  const requestOf = (work: JobSpec): StartRequest => {
    const { options } = ending.value
    if (work.kind !== 'load') return { job: work, options, secrets: NO_SECRETS }
    const inUri = work.load.to === null ? null : parseTarget(work.load.to).password
    const given = form.redisPassword.value === '' ? inUri : form.redisPassword.value
    const usual = firstPlace.value === null ? null : defaultRejectsOf(firstPlace.value, new Date())
    return {
      job: work,
      options: { ...options, rejects: work.load.dryRun ? null : (options.rejects ?? usual) },
      secrets: { ...NO_SECRETS, redisPassword: target.value?.kind === 'redis' ? given : null },
    }
  }

  const shown = { read, ending, problems, endingProblems, problemCount, job, target, defaultTo, firstPlace }
  return { ...shown, blocker, requestOf }
}
