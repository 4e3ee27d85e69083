import { LOAD_LAYOUT, type RecordLayout } from '../../shared/model/record-layout.ts'
import type { WorkerSetup } from './protocol.ts'
import type { Recorder } from './recorder.ts'
import type { StartsFile } from './starts-file.ts'
import type { LoopHooks, WorkLoop } from './work-loop.ts'

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
