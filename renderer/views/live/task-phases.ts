import type { PhaseTimes } from '../../../shared/model/run.ts'
import type { TaskDetail } from '../../../shared/model/task-table.ts'

const PHASES = ['waitMs', 'connectMs', 'ttfbMs', 'downloadMs', 'cpuMs'] as const

const numberOf = ({ more }: Pick<TaskDetail, 'more'>, name: string): number => {
  const value = more[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

/** @returns Where the time of a task went; `null` when its kind of job records nothing of it. */
export function phasesOf(task: Pick<TaskDetail, 'more'>): PhaseTimes | null {
  if (!PHASES.some(name => numberOf(task, name) > 0)) return null
  return {
    queueMs: numberOf(task, 'waitMs'),
    connectMs: numberOf(task, 'connectMs'),
    firstByteMs: numberOf(task, 'ttfbMs'),
    bodyMs: numberOf(task, 'downloadMs'),
    cpuMs: numberOf(task, 'cpuMs'),
  }
}

/** @returns What else was recorded, by the name that exports give it. */
export const restOf = ({ more }: Pick<TaskDetail, 'more'>): readonly (readonly [string, string | number])[] =>
  Object.entries(more).flatMap(([name, value]) =>
    value === null || value === '' || PHASES.some(phase => phase === name) ? [] : [[name, value] as const],
  )
