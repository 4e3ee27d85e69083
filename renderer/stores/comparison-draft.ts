import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'

import { comparisonLineOf } from '../../shared/model/command-line.ts'
import { POINTS_LIMIT, REPEATS, WARM_UPS, type ComparisonPlan } from '../../shared/model/comparison.ts'
import type { Model } from '../../shared/model/fields/parallelism.ts'
import { defaultsOf } from '../../shared/model/field-schema.ts'
import { cpuFields, type CpuOptions } from '../../shared/model/fields/cpu.ts'
import { JOB_SCHEMA, NO_SECRETS, type CpuJob, type JobSpec, type Secrets } from '../../shared/model/job.ts'
import { parallelismDefaultsOf } from '../../shared/model/parallelism.ts'
import {
  emptyPoint,
  jobOfComparison,
  readPoints,
  sweepPoints,
  usualNumbers,
  usualPoints,
  type DraftPoint,
  type Sweep,
} from './compare/draft-points.ts'
import { computeSample } from './compose/samples.ts'
import { useHostStore } from './host.ts'

interface ComposedJob {
  readonly job: JobSpec
  readonly secrets: Secrets
}

const SEEDS = 2 ** 31
const randomSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! % SEEDS

/** A comparison before it is started: a job that was composed, or a kernel, and the points it is run under. */
export const useComparisonDraftStore = defineStore('comparison-draft', () => {
  const host = useHostStore()
  const isOpen = shallowRef(false)
  const composed = shallowRef<ComposedJob | null>(null)
  const kernel = shallowRef<CpuOptions>(defaultsOf(cpuFields))
  const points = shallowRef<readonly DraftPoint[]>(usualPoints(cpuJobOf(kernel.value)))
  const repeats = shallowRef<number>(REPEATS.default)
  const warmUps = shallowRef<number>(WARM_UPS.default)
  const seed = shallowRef(randomSeed())
  const problem = shallowRef<Error | null>(null)
  const isStarting = shallowRef(false)
  const cpus = hostCpus()

  const job = computed<JobSpec>(() => composed.value?.job ?? cpuJobOf(kernel.value))
  const read = computed(() =>
    cpus.value === null ? null : readPoints(points.value, jobOfComparison(job.value), cpus.value),
  )
  const plan = computed<ComparisonPlan | null>(() => {
    const found = read.value?.flatMap(({ point }) => (point === null ? [] : [point])) ?? []
    if (found.length === 0 || found.length < points.value.length || found.length > POINTS_LIMIT) return null
    return {
      job: jobOfComparison(job.value),
      points: found,
      repeats: repeats.value,
      warmUps: warmUps.value,
      seed: seed.value,
    }
  })
  const runCount = computed(() => points.value.length * (repeats.value + warmUps.value))

  /** Compares a job as it was composed; from then on it is the draft's own. */
  const take = (request: ComposedJob): void => {
    composed.value = request
    points.value = usualPoints(request.job)
    begin()
  }
  const takeKernel = (): void => {
    composed.value = null
    points.value = usualPoints(cpuJobOf(kernel.value))
    begin()
  }
  const begin = (): void => {
    isOpen.value = true
    problem.value = null
  }
  const edits = pointEdits(points, job)

  /** @returns The id of the comparison; `null` when it was not started, and `problem` says why. */
  const start = async (): Promise<string | null> => {
    if (plan.value === null || isStarting.value) return null
    isStarting.value = true
    problem.value = null
    try {
      const asked = { plan: plan.value }
      const secrets = composed.value?.secrets ?? NO_SECRETS
      const { comparisonId } = await host
        .client()
        .call('compare.start', secrets.redisPassword === null ? asked : { ...asked, secrets })
      isOpen.value = false
      seed.value = randomSeed()
      return comparisonId
    } catch (error) {
      problem.value = error as Error
      return null
    } finally {
      isStarting.value = false
    }
  }
  const commandLine = (): string | null =>
    plan.value === null ? null : comparisonLineOf(plan.value, cpus.value ?? 1)
  const numbersOf = (point: DraftPoint) => usualNumbers(point.model, job.value.kind, cpus.value ?? 1)

  const state = { isOpen, composed, kernel, points, repeats, warmUps, seed, problem, isStarting, cpus }
  return { ...state, job, read, plan, runCount, take, takeKernel, ...edits, start, commandLine, numbersOf }
})

/** Each takes the points as they are and puts others in their place. */
function pointEdits(points: { value: readonly DraftPoint[] }, job: { readonly value: JobSpec }) {
  const add = (model: Model): void => {
    points.value = [...points.value, emptyPoint(model)]
  }
  const change = (at: number, changed: Partial<DraftPoint>): void => {
    points.value = points.value.map((point, index) => (index === at ? { ...point, ...changed } : point))
  }
  const removePoint = (at: number): void => {
    points.value = points.value.toSpliced(at, 1)
  }
  /** Points that are there already stay once. @throws JobError for what is no sweep. */
  const addSweep = (sweep: Sweep): void => {
    const known = new Set(points.value.map(point => JSON.stringify(point)))
    const others = sweepPoints(sweep, job.value).filter(point => !known.has(JSON.stringify(point)))
    points.value = [...points.value, ...others]
  }
  return { add, change, removePoint, addSweep }
}

const cpuJobOf = (cpu: CpuOptions): CpuJob => ({
  schema: JOB_SCHEMA,
  kind: 'cpu',
  cpu,
  parallelism: parallelismDefaultsOf('cpu'),
})

/** CPUs that a run may use on the host: as many processes as a job that only computes has there. */
function hostCpus() {
  const host = useHostStore()
  const cpus = shallowRef<number | null>(null)
  watch(
    () => host.connection,
    async connection => {
      if (connection !== 'open' || cpus.value !== null) return
      const { processes } = await host.client().call('job.decide', { job: computeSample() })
      cpus.value = processes
    },
    { immediate: true },
  )
  return cpus
}
