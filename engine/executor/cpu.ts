import { COUNTER } from '../../shared/model/counters.ts'
import { failureOf, JobError } from '../../shared/model/error.ts'
import { CPU_LAYOUT, positionsOf } from '../../shared/model/record-layout.ts'
import type { CpuOptions } from '../../shared/model/fields/cpu.ts'
import type { Lane } from '../worker/lane.ts'
import { defineExecutor, type Executor, type ExecutorContext } from './executor.ts'
import { digestTask } from './kernels/digest.ts'
import type { Compute } from './kernels/kernel.ts'
import { KERNEL } from './kernels/registry.ts'

const COLUMN = positionsOf(CPU_LAYOUT).numbers
const HALF = 2 ** 32
/** Timers run in whole milliseconds. */
const TIMER_STEP_MS = 1

interface Waiting {
  readonly timer: NodeJS.Timeout
  readonly sinceMs: number
  readonly plannedMs: number
  readonly low: number
  readonly high: number
}

/**
 * Runs one kernel call a task, on the event loop it is given.
 *
 * Without waiting, a task settles before `start` returns. With it, the kernel is followed by a timer, so that waiting
 * is `ioRatio` of a task's own time: `wait = cpu * r / (1 - r)`. A timer is whole milliseconds long; what it missed is
 * added to the next wait, so the ratio holds over a run though not for each task. What a timer is late by more than
 * that, because other tasks held the loop, stays with the task: it is what a wait on a busy loop costs.
 */
class CpuExecutor implements Executor {
  readonly #context: ExecutorContext
  readonly #compute: Compute
  readonly #size: number
  /** Milliseconds of waiting for each millisecond of CPU; 0 without waiting. */
  readonly #waitPerCpu: number
  readonly #result = new Uint32Array(2)
  readonly #waiting = new Map<Lane, Waiting>()
  #owedMs = 0

  constructor(options: CpuOptions, context: ExecutorContext) {
    const kernel = KERNEL[options.kernel]
    const size = options.size ?? kernel.defaultSize
    if (size > kernel.maxSize) {
      throw new JobError('E_CONFIG', `--size ${size} is above ${kernel.maxSize}, the most of ${kernel.name}`)
    }
    this.#context = context
    this.#compute = kernel.make()
    this.#size = size
    this.#waitPerCpu = options.ioRatio / (1 - options.ioRatio)
  }

  /** Nothing but the semaphore bounds a kernel. */
  gateOf(): string {
    return ''
  }

  /** The index is the whole task. */
  describe(): void {}

  start(lane: Lane): void {
    try {
      this.#compute(lane.index, this.#size, this.#result)
    } catch (error) {
      const { code, message, retryable } = failureOf(error)
      lane.settleFailed(code, message, retryable)
      return
    }
    const endMs = this.#context.nowMs()
    digestTask(lane.index, this.#result)
    // The worker read the clock just before, and reading it is dearer than a small kernel.
    lane.cpuMs = endMs - lane.startedAtMs
    const low = this.#result[0]!
    const high = this.#result[1]!
    if (this.#waitPerCpu === 0) {
      lane.endedAtMs = endMs
      this.#settle(lane, low, high, 0)
    } else this.#wait(lane, low, high, endMs)
  }

  abort(lane: Lane): void {
    const waiting = this.#waiting.get(lane)
    if (waiting === undefined) return
    clearTimeout(waiting.timer)
    this.#waiting.delete(lane)
    lane.settleCancelled()
  }

  async close(): Promise<void> {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer)
    this.#waiting.clear()
  }

  #wait(lane: Lane, low: number, high: number, sinceMs: number): void {
    this.#owedMs += lane.cpuMs * this.#waitPerCpu
    const plannedMs = Math.floor(this.#owedMs)
    if (plannedMs < TIMER_STEP_MS) {
      this.#settle(lane, low, high, 0)
      return
    }
    this.#owedMs -= plannedMs
    const timer = setTimeout(() => this.#endWait(lane), plannedMs)
    this.#waiting.set(lane, { timer, sinceMs, plannedMs, low, high })
  }

  #endWait(lane: Lane): void {
    const waiting = this.#waiting.get(lane)
    if (waiting === undefined) return
    this.#waiting.delete(lane)
    const waitMs = this.#context.nowMs() - waiting.sinceMs
    const missedMs = waiting.plannedMs - waitMs
    this.#owedMs += Math.max(-TIMER_STEP_MS, Math.min(TIMER_STEP_MS, missedMs))
    this.#settle(lane, waiting.low, waiting.high, waitMs)
  }

  #settle(lane: Lane, low: number, high: number, waitMs: number): void {
    const { counters } = this.#context
    addModulo(counters, COUNTER.digestLow, low)
    addModulo(counters, COUNTER.digestHigh, high)
    counters[COUNTER.firstByteMs]! += waitMs
    const { numbers } = lane
    numbers[COLUMN.cpuMs] = lane.cpuMs
    numbers[COLUMN.waitMs] = waitMs
    numbers[COLUMN.digestLow] = low
    numbers[COLUMN.digestHigh] = high
    lane.settleOk()
  }
}

function addModulo(counters: Float64Array, at: number, value: number): void {
  const sum = counters[at]! + value
  counters[at] = sum < HALF ? sum : sum - HALF
}

/**
 * CPU-bound tasks: kernel `options.kernel` of `options.size` for each index.
 *
 * A record holds the task's digest, the milliseconds its kernel took and the milliseconds it then waited. The time of
 * a kernel is read from the monotonic clock, so it includes what other processes took of the core meanwhile.
 *
 * @throws JobError `E_CONFIG` from `make` when the size is beyond what the kernel can do.
 */
export const cpuExecutor = defineExecutor<CpuOptions>({
  kind: 'cpu',
  layout: CPU_LAYOUT,
  policyOf: () => null,
  make: (options, context) => new CpuExecutor(options, context),
})
