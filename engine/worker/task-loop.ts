import type { Executor, ExecutorKind, HostPolicy } from '../executor/executor.ts'
import { openLease } from '../source/open-lease.ts'
import type { RequestBounds } from '../../shared/model/run.ts'
import { Admission } from './admission.ts'
import { nowMs } from './clock.ts'
import { Intake } from './intake.ts'
import { Lane } from './lane.ts'
import type { WorkerSetup } from './protocol.ts'
import type { Recorder } from './recorder.ts'
import { Runtime } from './runtime.ts'
import type { StartsFile } from './starts-file.ts'
import type { LoopHooks, WorkLoop } from './work-loop.ts'

export interface TaskLoopParts {
  readonly setup: WorkerSetup
  readonly kind: ExecutorKind<unknown>
  readonly recorder: Recorder
  readonly starts: StartsFile
}

/** Runs tasks one by one in lanes, each by an executor. */
export class TaskLoop implements WorkLoop {
  readonly intake: Intake
  readonly runtime: Runtime
  readonly admission: Admission | null
  readonly #executor: Executor
  readonly #policyOf: (bounds: RequestBounds) => HostPolicy | null

  constructor({ setup, kind, recorder, starts }: TaskLoopParts, hooks: LoopHooks) {
    const { options } = setup.work
    const policy = kind.policyOf(options)
    this.#policyOf = bounds => kind.policyOf({ ...options, ...bounds })
    this.admission =
      policy === null
        ? null
        : new Admission({
            policy,
            version: setup.boundsVersion,
            post: setup.sharedGates ? hooks.post : null,
            nowMs,
          })
    this.intake = new Intake(openLease)
    this.runtime = new Runtime({
      permits: setup.permits,
      nowMs,
      makeLane: (number, onSettle) => new Lane(number, kind.layout, onSettle),
      intake: this.intake,
      recorder,
      admission: this.admission,
      starts,
      faults: new Map(setup.faults.map(([fault, index]) => [index, fault])),
      isCongested: hooks.isCongested,
      onWant: () => hooks.post({ type: 'want' }),
      onIdle: hooks.onIdle,
    })
    this.#executor = kind.make(options, {
      nowMs,
      counters: recorder.counters,
      enterHost: (host, start) => this.#enterHost(host, start),
      leaveHost: host => this.admission?.leave(host),
      holdHost: (host, untilMs) => this.admission?.hold(host, untilMs),
    })
    this.runtime.use(this.#executor)
  }

  setHorizon(index: number): void {
    this.intake.horizon = index
    this.runtime.pump()
  }

  setBounds(bounds: RequestBounds, version: number): void {
    const policy = this.#policyOf(bounds)
    if (policy !== null) this.admission?.use(policy, version)
  }

  async close(): Promise<void> {
    await this.#executor.close()
  }

  #enterHost(host: string, start: () => void): () => void {
    if (this.admission !== null) return this.admission.enter(host, start)
    start()
    return () => undefined
  }
}
