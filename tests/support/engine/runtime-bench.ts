import type { HostPolicy } from '../../../engine/executor/executor.ts'
import type { SegmentWriter } from '../../../engine/journal/segment-writer.ts'
import type { RecordCursor } from '../../../engine/source/cursor.ts'
import { openIndexes } from '../../../engine/source/index-cursor.ts'
import { Admission } from '../../../engine/worker/admission.ts'
import type { Faults } from '../../../engine/worker/faults.ts'
import { Intake } from '../../../engine/worker/intake.ts'
import { Lane } from '../../../engine/worker/lane.ts'
import type { Lease } from '../../../engine/worker/protocol.ts'
import { Recorder } from '../../../engine/worker/recorder.ts'
import { Runtime } from '../../../engine/worker/runtime.ts'
import type { StartsFile } from '../../../engine/worker/starts-file.ts'
import { OUTCOMES } from '../../../shared/model/outcome.ts'
import { COMMON_COLUMN, CPU_LAYOUT } from '../../../shared/model/record-layout.ts'
import { FakeExecutor } from './fake-executor.ts'
import { makeLease } from './waiting-task.ts'

interface BenchOptions {
  readonly permits?: number
  readonly nowMs?: () => number
  readonly policy?: HostPolicy
  readonly open?: (lease: Lease) => RecordCursor
  readonly faults?: Faults
}

/** A runtime with everything around it under the test's control. */
export class RuntimeBench {
  readonly executor = new FakeExecutor()
  readonly intake: Intake
  readonly admission: Admission | null
  readonly runtime: Runtime
  /** `[index, outcome]` of each record. */
  readonly records: [index: number, outcome: string][] = []
  readonly noted: [lane: number, index: number][] = []
  isCongested = false
  wants = 0
  idles = 0

  constructor({
    permits = 4,
    nowMs = Date.now,
    policy,
    open = openIndexes,
    faults = new Map(),
  }: BenchOptions = {}) {
    this.intake = new Intake(open)
    this.admission = policy === undefined ? null : new Admission({ policy, version: 0, post: null, nowMs })
    const segment = {
      append: (numbers: Float64Array) => {
        const outcome = OUTCOMES[numbers[COMMON_COLUMN.outcome]!]!
        this.records.push([numbers[COMMON_COLUMN.index]!, outcome])
      },
    } as unknown as SegmentWriter
    this.runtime = new Runtime({
      permits,
      nowMs,
      makeLane: (number, onSettle) => new Lane(number, CPU_LAYOUT, onSettle),
      intake: this.intake,
      recorder: new Recorder(segment, 0, 1),
      admission: this.admission,
      starts: {
        note: (lane: number, index: number) => this.noted.push([lane, index]),
      } as unknown as StartsFile,
      faults,
      isCongested: () => this.isCongested,
      onWant: () => (this.wants += 1),
      onIdle: () => (this.idles += 1),
    })
    this.runtime.use(this.executor)
  }

  grant(given: Partial<Lease> = {}): void {
    this.intake.grant(makeLease(given))
    this.runtime.granted()
  }

  /** Indexes in flight. */
  get running(): number[] {
    return [...this.executor.running.keys()]
  }

  /** Indexes reported as settled, and the rest of what is known about them. */
  get settled(): number[] {
    return this.intake.takeProgress().flatMap(({ settled }) => [...settled])
  }
}
