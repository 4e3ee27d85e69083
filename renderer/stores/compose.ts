import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'

import type { Client } from '../../shared/contract/contract.ts'
import { commandLineOf } from '../../shared/model/command-line.ts'
import type { JobSpec, RunOptions } from '../../shared/model/job.ts'
import { jobToText } from '../../shared/model/job-file.ts'
import { asDefaults } from './compose/as-defaults.ts'
import { keepDraft, keptDraft } from './compose/draft.ts'
import { composeForm } from './compose/form-state.ts'
import { composeInputs } from './compose/inputs.ts'
import { composeJob, type Blocker, type JobParts } from './compose/job-state.ts'
import { composeMachine } from './compose/machine.ts'
import { openJobText, reopenJob, type OpenedJob } from './compose/opened-job.ts'
import { nameOf } from './compose/places.ts'
import { composePlan } from './compose/plan-state.ts'
import { composePreviews } from './compose/previews.ts'
import { EMPTY_RESULTS, resultsOf, type ResultsForm } from './compose/results-form.ts'
import { composeStarter } from './compose/starter.ts'
import { isJobName, isJobPath, readText } from './compose/texts.ts'
import { useHostStore } from './host.ts'
import { useSettingsStore } from './settings.ts'

/** A run before it is started: its inputs, its job, and its plan on this machine. */
export const useComposeStore = defineStore('compose', () => {
  const host = useHostStore()
  const settings = useSettingsStore()
  const defaults = () => settings.settings.defaults
  /** Why the last run was not started, and why the last job file was not opened. */
  const problem = shallowRef<Error | null>(null)
  const openProblem = shallowRef<Error | null>(null)
  const inputs = composeInputs(
    () => host.client(),
    () => host.host,
  )
  const machine = composeMachine(() => host.client())
  const form = composeForm(defaults)
  const parts: JobParts = { form, inputs, machine, defaults, connection: () => host.connection }
  const job = composeJob(parts)
  const previews = composePreviews(() => host.client(), job.job)
  const plan = composePlan({ job, machine, previews })
  const starter = composeStarter(
    () => host.host,
    () => machine.report.value?.dataDir.path,
    problem,
  )

  const reset = (): void => {
    inputs.clear()
    form.clear()
    problem.value = null
    openProblem.value = null
  }
  const take = (opened: OpenedJob, ending: ResultsForm): void => {
    reset()
    form.fill(opened, ending)
    if (opened.job.kind !== 'cpu') void inputs.addPlaces(opened.job.inputs)
  }
  /** Fills the form with the job of a run, to be run once more; what it was permitted is asked for anew. */
  const openJob = (opened: JobSpec, options: RunOptions): void => take(reopenJob(opened), resultsOf(options))
  const taking = composeTaking(parts, {
    problem: openProblem,
    client: () => host.client(),
    open: opened => take(opened, EMPTY_RESULTS),
  })
  const blocker = computed<Blocker | null>(() => {
    const cannotBe = plan.chosenPlan.value?.parallelism === null || previews.decideProblem.value !== null
    return job.blocker.value ?? (cannotBe ? 'problems' : null)
  })

  /** @returns The id of the run; `null` when it was not started, and `problem` or `blocker` says why. */
  const start = async (): Promise<string | null> => {
    const work = job.job.value
    if (work === null || blocker.value !== null) return null
    return await starter.begin(() => job.requestOf(work))
  }
  /** @returns What to type to get the same run; `null` while the job is not complete. */
  const commandLine = (): string | null =>
    job.job.value === null ? null : commandLineOf(job.job.value, job.ending.value.options)
  const saveJob = async (): Promise<void> => {
    if (job.job.value === null) return
    const stem = nameOf(inputs.places.value[0] ?? '').replace(/[^\p{L}\p{N}._-]+/gu, '-')
    await host.host.saveText(`${stem || form.kind.value}.ilv.json`, jobToText(job.job.value))
  }
  const keepAsDefaults = (): Promise<void> =>
    settings.change({ defaults: asDefaults(job.read.value.job, defaults()) })

  followInputs(parts)
  restore(parts)

  const { begin: _, ...starting } = starter
  const { addPlaces: __, clear: removeAll, addFiles: ___, ...shownInputs } = inputs
  const actions = { reset, removeAll, openJob, start, commandLine, saveJob, keepAsDefaults, ...taking }
  return {
    ...shownInputs,
    ...machine,
    ...form,
    ...job,
    ...previews,
    ...plan,
    ...starting,
    problem,
    openProblem,
    blocker,
    ...actions,
  }
})

interface Opening {
  /** Why the last job was not opened. */
  readonly problem: { value: Error | null }
  readonly client: () => Client
  readonly open: (opened: OpenedJob) => void
}

/** Ways in which something gets onto the page. */
function composeTaking({ inputs, form }: JobParts, { problem, client, open }: Opening) {
  /** Computing has no inputs: whoever adds one wants another kind of job. */
  const beReadyForInputs = (): void => {
    if (form.kind.value === 'cpu') form.isKindChosen.value = false
  }
  const openText = async (read: () => Promise<string>): Promise<void> => {
    problem.value = null
    try {
      open(openJobText(await read()))
    } catch (error) {
      problem.value = error as Error
    }
  }
  const openFile = (file: File): Promise<void> => openText(() => file.text())
  /** Opens a job file that lies where the host runs, in place of what was composed. */
  const openPlace = (path: string): Promise<void> =>
    openText(async () => (await client().call('job.read', { path })).text)
  /** Takes files that were dropped or chosen; a job file is opened, in place of what was composed. */
  const addFiles = async (files: readonly File[]): Promise<void> => {
    const jobFile = files.find(({ name }) => isJobName(name))
    if (jobFile !== undefined) await openFile(jobFile)
    const others = files.filter(file => file !== jobFile)
    if (others.length > 0) beReadyForInputs()
    await inputs.addFiles(others)
  }
  /** Takes what was pasted or typed: URLs and paths, a line each. */
  const addText = async (text: string): Promise<void> => {
    const found = readText(text)
    if (found.is === 'list') {
      beReadyForInputs()
      return inputs.addFiles([new File([found.text], 'pasted-list.txt', { type: 'text/plain' })])
    }
    const jobPath = found.places.find(isJobPath)
    if (jobPath !== undefined) await openPlace(jobPath)
    const others = found.places.filter(place => place !== jobPath)
    if (others.length > 0) beReadyForInputs()
    await inputs.addPlaces(others)
  }
  return { openFile, openPlace, addFiles, addText }
}

/** The first input that is recognised decides the kind of job, unless the person did. */
function followInputs({ form, inputs }: JobParts): void {
  watch(inputs.inputs, some => {
    const suits = some.find(input => input.report !== null && input.report.suits.length > 0)?.report?.suits
    if (some.length === 0) form.isKindChosen.value = false
    else if (suits !== undefined) form.suggestKind(suits[0]!)
  })
}

/** Takes up what was composed before the page was loaded anew, and keeps what is composed from now on. */
function restore({ form, inputs, machine, connection }: JobParts): void {
  const draft = keptDraft()
  if (draft !== null) {
    form.form.value = draft.form
    form.results.value = draft.results
    form.isKindChosen.value = draft.places.length > 0
  }
  let isAsked = false
  watch(
    connection,
    state => {
      if (state !== 'open' || isAsked) return
      isAsked = true
      void machine.load()
      if (draft !== null) void inputs.addPlaces(draft.places)
    },
    { immediate: true },
  )
  const named = () => inputs.inputs.value.flatMap(({ place }) => (place === null ? [] : [place]))
  watch([form.form, form.results, inputs.inputs], () => {
    const places = isAsked ? named() : (draft?.places ?? [])
    keepDraft({ form: form.form.value, results: form.results.value, places })
  })
}
