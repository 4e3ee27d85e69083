import type { Phase, RequestBounds } from '../../shared/model/run.ts'
import type { Semaphore } from '../schedule/semaphore.ts'
import type { Admission } from './admission.ts'
import type { LeaseCursor } from './held-lease.ts'
import type { FromWorker, Lease } from './protocol.ts'
import type { ReportedIntake, ReportedRuntime } from './reporter.ts'

/** What a worker does with its leases, whatever the kind of its work. */
export interface WorkLoop {
  readonly intake: LoopIntake
  readonly runtime: LoopRuntime
  /** Who may start when; `null` where nothing but the semaphore decides. */
  readonly admission: Admission | null
  setHorizon(index: number): void
  /** See `ToWorker`; means nothing to work without requests. */
  setBounds(bounds: RequestBounds, version: number): void
  /** Everything in flight has ended. */
  close(): Promise<void>
}

export interface LoopIntake extends ReportedIntake {
  grant(lease: Lease): void
  readonly failure: LeaseCursor['failure']
  close(): void
}

export interface LoopRuntime extends ReportedRuntime {
  readonly semaphore: Semaphore
  granted(): void
  setPhase(phase: Phase): void
  setPaused(isPaused: boolean): void
  close(): void
}

/** What a loop needs of its worker. */
export interface LoopHooks {
  readonly post: (message: FromWorker) => void
  /** Whether reports are so far behind that nothing more may settle. */
  readonly isCongested: () => boolean
  readonly onIdle: () => void
  /** See `WriterContext.sqliteThread`. */
  readonly sqliteThread: URL | undefined
  /** The worker cannot go on. */
  readonly onError: (error: unknown) => void
}
