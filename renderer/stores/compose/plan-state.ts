import { computed } from 'vue'

import { predict, shortagesOf } from '../../../shared/model/prediction.ts'
import type { composeJob } from './job-state.ts'
import type { composeMachine } from './machine.ts'
import { modelPlans } from './plan.ts'
import type { composePreviews } from './previews.ts'

interface PlanParts {
  readonly job: ReturnType<typeof composeJob>
  readonly machine: ReturnType<typeof composeMachine>
  readonly previews: ReturnType<typeof composePreviews>
}

/** How the job would run here, under each model, and what it would take. */
export function composePlan({ job, machine, previews }: PlanParts) {
  const plans = computed(() => {
    const { parallelism, kind } = job.read.value.job
    return machine.cpus.value === null ? null : modelPlans(parallelism, kind, machine.cpus.value)
  })
  const chosenPlan = computed(() => {
    const { model } = job.read.value.job.parallelism
    return plans.value?.find(plan => plan.model === model) ?? null
  })
  /** Of the host where it has answered; the same sums are made here until then. */
  const parallelism = computed(() => previews.decided.value ?? chosenPlan.value?.parallelism ?? null)
  const prediction = computed(() => {
    if (parallelism.value === null) return null
    const target = job.target.value?.kind ?? null
    return predict({ kind: job.read.value.job.kind, target, parallelism: parallelism.value })
  })
  const shortages = computed(() => {
    const report = machine.report.value
    return prediction.value === null || report === null ? [] : shortagesOf(prediction.value, report)
  })
  return { plans, chosenPlan, parallelism, prediction, shortages }
}
