// The work of a cpu job without a job: every task's kernel and digest in one loop, added up.
//   node inline-tasks.ts KERNEL SIZE TASKS
import { digestTask } from '../../engine/executor/kernels/digest.ts'
import type { Compute } from '../../engine/executor/kernels/kernel.ts'
import { KERNEL } from '../../engine/executor/kernels/registry.ts'
import type { KernelName } from '../../shared/model/fields/cpu.ts'

const [name, size, tasks] = process.argv.slice(2)

function runTasks(compute: Compute, first: number, end: number, sums: Float64Array): void {
  const result = new Uint32Array(2)
  for (let index = first; index < end; index += 1) {
    compute(index, Number(size), result)
    digestTask(index, result)
    sums[0]! += result[0]!
    sums[1]! += result[1]!
  }
}

const compute = KERNEL[name as KernelName].make()
const sums = new Float64Array(2)
const startMs = performance.now()
for (let first = 0; first < Number(tasks); first += 10_000) {
  runTasks(compute, first, Math.min(Number(tasks), first + 10_000), sums)
}
const seconds = (performance.now() - startMs) / 1_000
const digest = [sums[1]!, sums[0]!].map(sum => (sum % 2 ** 32).toString(16).padStart(8, '0')).join('')
console.log(JSON.stringify({ seconds, digest }))
