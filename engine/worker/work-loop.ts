import { LOAD_LAYOUT, type RecordLayout } from '../../shared/model/record-layout.ts'
import type { Phase } from '../../shared/model/run.ts'
import type { Semaphore } from '../schedule/semaphore.ts'
import type { Admission } from './admission.ts'
import type { LeaseCursor } from './held-lease.ts'
import type { FromWorker, Lease, WorkerSetup } from './protocol.ts'
import type { Recorder } from './recorder.ts'
import type { ReportedIntake, ReportedRuntime } from './reporter.ts'
import type { StartsFile } from './starts-file.ts'

/** What a worker does with its leases, whatever the kind of its work. */
export interface WorkLoop {
  readonly intake: LoopIntake
  readonly runtime: LoopRuntime
  /** Who may start when; `null` where nothing but the semaphore decides. */
  readonly admission: Admission | null
  setHorizon(index: number): void
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

/** How a worker's loop is made, once its segment is open. */
export interface LoopKind {
  readonly layout: RecordLayout
  make(recorder: Recorder, starts: StartsFile, hooks: LoopHooks): WorkLoop
}

/** @returns The loop for the kind of work. Loaded when asked for, so that a worker never pays for what it does not run. */
export async function loadLoop(setup: WorkerSetup): Promise<LoopKind> {
  const { work } = setup
  if (work.kind === 'load') {
    const { LoadLoop } = await import('./load-loop.ts')
    return {
      layout: LOAD_LAYOUT,
      make: (recorder, starts, hooks) => new LoadLoop({ setup, work, recorder, starts }, hooks),
    }
  }
  const { TaskLoop } = await import('./task-loop.ts')
  const { loadExecutor } = await import('../executor/registry.ts')
  const kind = await loadExecutor(work.kind)
  return {
    layout: kind.layout,
    make: (recorder, starts, hooks) => new TaskLoop({ setup, kind, recorder, starts }, hooks),
  }
}
