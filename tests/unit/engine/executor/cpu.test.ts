import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cpuExecutor } from '../../../../engine/executor/cpu.ts'
import type { ExecutorContext } from '../../../../engine/executor/executor.ts'
import { KERNEL } from '../../../../engine/executor/kernels/registry.ts'
import { Lane } from '../../../../engine/worker/lane.ts'
import { COUNTER, makeCounters } from '../../../../shared/model/counters.ts'
import { JobError } from '../../../../shared/model/error.ts'
import type { CpuOptions } from '../../../../shared/model/fields/cpu.ts'
import { OUTCOME } from '../../../../shared/model/outcome.ts'
import {
  COMMON_COLUMN,
  CPU_LAYOUT,
  ERROR_MESSAGE_STRING,
  positionsOf,
} from '../../../../shared/model/record-layout.ts'
import { referenceDigest } from '../../../support/kernel-reference.ts'

const COLUMN = positionsOf(CPU_LAYOUT).numbers
const options: CpuOptions = { kernel: 'mandelbrot', tasks: 100, size: 4, ioRatio: 0 }

/** A clock that stands still, but for `cpuMs` during each kernel; it is read at the end of kernels and of waits. */
class ScriptedClock {
  ms = 0
  cpuMs = 3.3
  #isWaiting = false

  readonly nowMs = (): number => {
    if (!this.#isWaiting) this.ms += this.cpuMs
    this.#isWaiting = false
    return this.ms
  }

  /** The next reading is the end of a wait. */
  endWaitAfter(ms: number): void {
    this.ms += ms
    this.#isWaiting = true
  }
}

interface Setup {
  readonly clock: ScriptedClock
  readonly counters: Float64Array
  readonly settled: { index: number; outcome: number; cpuMs: number; waitMs: number; isCancelled: boolean }[]
  readonly executor: ReturnType<typeof cpuExecutor.make>
  readonly start: (index: number) => Lane
}

function setUp(given: Partial<CpuOptions> = {}): Setup {
  const clock = new ScriptedClock()
  const counters = makeCounters()
  const context = { nowMs: clock.nowMs, counters } as ExecutorContext
  const executor = cpuExecutor.make({ ...options, ...given }, context)
  const settled: Setup['settled'] = []
  const start = (index: number): Lane => {
    const lane = new Lane(0, CPU_LAYOUT, ({ numbers, retryAtMs }) =>
      settled.push({
        index,
        outcome: numbers[COMMON_COLUMN.outcome]!,
        cpuMs: numbers[COLUMN.cpuMs]!,
        waitMs: numbers[COLUMN.waitMs]!,
        isCancelled: retryAtMs === Infinity,
      }),
    )
    lane.reset()
    lane.index = index
    lane.startedAtMs = clock.ms
    executor.start(lane)
    return lane
  }
  return { clock, counters, settled, executor, start }
}

const runDigest = (counters: Float64Array): string =>
  [COUNTER.digestHigh, COUNTER.digestLow].map(at => counters[at]!.toString(16).padStart(8, '0')).join('')

describe('the cpu executor', () => {
  it('settles a task before start returns, with its digest and the time of its kernel', () => {
    const { settled, start } = setUp()

    const lane = start(7)

    const digest = [COLUMN.digestHigh, COLUMN.digestLow].map(at =>
      lane.numbers[at]!.toString(16).padStart(8, '0'),
    )
    expect(digest.join('')).toBe(referenceDigest('mandelbrot', 7, 4))
    expect(lane.cpuMs).toBeCloseTo(3.3)
    expect(settled).toEqual([
      { index: 7, outcome: OUTCOME.ok, cpuMs: lane.cpuMs, waitMs: 0, isCancelled: false },
    ])
  })

  it('sums digests modulo 2^32, whatever the order', () => {
    const indexes = Array.from({ length: 50 }, (_, index) => index)
    const forwards = setUp()
    const backwards = setUp()

    indexes.forEach(forwards.start)
    indexes.toReversed().forEach(backwards.start)

    let [low, high] = [0n, 0n]
    for (const index of indexes) {
      const digest = BigInt(`0x${referenceDigest('mandelbrot', index, 4)}`)
      low = (low + (digest & 0xffffffffn)) % 2n ** 32n
      high = (high + (digest >> 32n)) % 2n ** 32n
    }
    expect(runDigest(forwards.counters)).toBe(((high << 32n) | low).toString(16).padStart(16, '0'))
    expect(runDigest(backwards.counters)).toBe(runDigest(forwards.counters))
  })

  it('uses the size of its kernel when none is given', () => {
    const { counters, start } = setUp({ kernel: 'json', size: null })
    const sized = setUp({ kernel: 'json', size: KERNEL.json.defaultSize })

    start(0)
    sized.start(0)

    expect(runDigest(counters)).toBe(runDigest(sized.counters))
  })

  it('fails a task whose kernel throws, and goes on', () => {
    const compute = vi.fn((_index: number, _size: number, result: Uint32Array) => void result.fill(0))
    compute.mockImplementationOnce(() => {
      throw new RangeError('Array buffer allocation failed')
    })
    vi.spyOn(KERNEL.matrix, 'make').mockReturnValue(compute)
    const { settled, start } = setUp({ kernel: 'matrix' })

    const lane = start(0)
    start(1)

    expect(settled.map(task => task.outcome)).toEqual([OUTCOME.failed, OUTCOME.ok])
    expect(lane.strings[ERROR_MESSAGE_STRING]).toBe('RangeError: Array buffer allocation failed')
  })

  it('refuses a size that its kernel cannot do', () => {
    expect(() => setUp({ kernel: 'matrix', size: 2_049 })).toThrow(
      new JobError('E_CONFIG', '--size 2049 is above 2048, the most of matrix'),
    )
  })
})

describe('the cpu executor with waiting', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([0.1, 0.3, 0.5, 0.9])('waits for a share of %d of its own time over a run', ioRatio => {
    const timeouts = vi.spyOn(globalThis, 'setTimeout')
    const { clock, settled, start } = setUp({ ioRatio })

    for (let index = 0; index < 300; index += 1) {
      const before = timeouts.mock.calls.length
      start(index)
      if (timeouts.mock.calls.length === before) continue
      // Timers are late by up to their step.
      clock.endWaitAfter(timeouts.mock.lastCall![1]! + (index % 10) / 10)
      vi.runOnlyPendingTimers()
    }

    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
    const waitMs = sum(settled.map(task => task.waitMs))
    const cpuMs = sum(settled.map(task => task.cpuMs))
    expect(settled).toHaveLength(300)
    expect(waitMs / (waitMs + cpuMs)).toBeCloseTo(ioRatio, 2)
  })

  it('leaves with a task what its timer was late because the loop was busy', () => {
    const timeouts = vi.spyOn(globalThis, 'setTimeout')
    const { clock, counters, settled, start } = setUp({ ioRatio: 0.5 })
    clock.cpuMs = 10

    start(0)
    clock.endWaitAfter(50)
    vi.runOnlyPendingTimers()
    start(1)

    expect(settled.map(task => task.waitMs)).toEqual([50])
    // It counts as waiting, as the first byte of a server does.
    expect(counters[COUNTER.firstByteMs]).toBe(50)
    expect(timeouts.mock.lastCall![1]).toBe(9)
  })

  it('settles an aborted wait as cancelled, once, and does not count its digest', () => {
    const { counters, executor, settled, start } = setUp({ ioRatio: 0.9 })

    const lane = start(0)
    executor.abort(lane)
    executor.abort(lane)
    vi.runAllTimers()

    expect(settled.map(task => task.isCancelled)).toEqual([true])
    expect(runDigest(counters)).toBe('0000000000000000')
  })

  it('leaves no timer behind when it is closed', async () => {
    const { executor, start } = setUp({ ioRatio: 0.9 })

    start(0)
    await executor.close()

    expect(vi.getTimerCount()).toBe(0)
  })
})
