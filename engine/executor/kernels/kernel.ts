import type { KernelName } from '../../../shared/model/fields/cpu.ts'

/**
 * Computes the task `index` and writes its 64-bit result as two halves, `result[0]` low and `result[1]` high.
 *
 * @param index Position of the task, 0..2^32 - 1.
 * @param size Amount of work, 1..`maxSize`; what it counts is the kernel's own.
 */
export type Compute = (index: number, size: number, result: Uint32Array) => void

/**
 * One CPU-bound task. The result is a function of `(index, size)` alone, defined exactly in the docstring of its file
 * by whole numbers modulo 2^32 and by IEEE doubles in a stated order, so that another runtime can give the same.
 *
 * Hot loops live in small functions that are called many times a task. A loop in a function that is called once a task
 * depends on being replaced while it runs, and in a message handler of a worker thread V8 was seen to leave such a loop
 * in a slower tier for ever (`bench/kernels.ts` checks it).
 */
export interface Kernel {
  readonly name: KernelName
  /** About 5 ms a task on one core of a server of 2024. */
  readonly defaultSize: number
  /** Beyond it a task would need more memory than a worker has, or leave the range of exact arithmetic. */
  readonly maxSize: number
  /** Called once in each worker; what is returned may keep buffers between tasks, never state. */
  make(): Compute
}
