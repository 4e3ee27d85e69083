import type { Executor } from '../../../engine/executor/executor.ts'
import type { Lane } from '../../../engine/worker/lane.ts'

/** An executor whose tasks end when and how the test says. */
export class FakeExecutor implements Executor {
  /** Tasks in flight, by index. */
  readonly running = new Map<number, Lane>()
  /** Indexes in the order of their starts, one entry an attempt. */
  readonly started: number[] = []
  readonly described: number[] = []
  readonly aborted: number[] = []
  peak = 0
  /** Called instead of waiting for the test. */
  onStart: ((lane: Lane) => void) | null = null

  gateOf(input: string): string {
    return input
  }

  start(lane: Lane): void {
    this.started.push(lane.index)
    this.running.set(lane.index, lane)
    this.peak = Math.max(this.peak, this.running.size)
    this.onStart?.(lane)
  }

  /** Ends the task of this index. */
  end(index: number, how: (lane: Lane) => void = lane => lane.settleOk()): void {
    const lane = this.running.get(index)!
    this.running.delete(index)
    how(lane)
  }

  describe(lane: Lane): void {
    this.described.push(lane.index)
  }

  abort(lane: Lane): void {
    this.aborted.push(lane.index)
    this.end(lane.index, ended => ended.settleCancelled())
  }

  async close(): Promise<void> {}
}
