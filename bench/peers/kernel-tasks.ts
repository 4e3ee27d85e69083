import { digestTask } from '../../engine/executor/kernels/digest.ts'
import type { Compute } from '../../engine/executor/kernels/kernel.ts'
import { KERNEL } from '../../engine/executor/kernels/registry.ts'
import type { KernelName } from '../../shared/model/fields/cpu.ts'

export interface KernelWork {
  readonly kernel: KernelName
  readonly first: number
  readonly tasks: number
  readonly size: number
}

const made = new Map<KernelName, Compute>()

/** @returns Milliseconds of each task. */
export function timeTasks({ kernel, first, tasks, size }: KernelWork): number[] {
  let compute = made.get(kernel)
  if (compute === undefined) made.set(kernel, (compute = KERNEL[kernel].make()))
  const result = new Uint32Array(2)
  return Array.from({ length: tasks }, (_, task) => {
    const startMs = performance.now()
    compute(first + task, size, result)
    digestTask(first + task, result)
    return performance.now() - startMs
  })
}
