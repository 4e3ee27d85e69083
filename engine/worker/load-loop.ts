import { JobError } from '../../shared/model/error.ts'
import { parseTarget } from '../../shared/model/load-target.ts'
import { PHASE } from '../../shared/model/run.ts'
import type { DestinationRequest, DestinationWriter } from '../destination/destination.ts'
import { dryRunOf } from '../destination/dry-run.ts'
import { loadDestination } from '../destination/registry.ts'
import { checkFormat, planOf } from '../load/command-plan.ts'
import type { ReadingWishes } from '../load/record-view.ts'
import { openLoadLease } from '../source/open-load-lease.ts'
import { BulkIntake } from './bulk-intake.ts'
import { BulkRuntime } from './bulk-runtime.ts'
import { nowMs } from './clock.ts'
import type { Work, WorkerSetup } from './protocol.ts'
import type { Recorder } from './recorder.ts'
import type { StartsFile } from './starts-file.ts'
import type { LoopHooks, WorkLoop } from './work-loop.ts'

type LoadWork = Extract<Work, { kind: 'load' }>

export interface LoadLoopParts {
  readonly setup: WorkerSetup
  readonly work: LoadWork
  readonly recorder: Recorder
  readonly starts: StartsFile
}

/**
 * Moves records into a destination. The destination is opened while the worker is at its messages already, since that
 * may take as long as the destination is down; no lease is read before.
 */
export class LoadLoop implements WorkLoop {
  readonly intake: BulkIntake
  readonly runtime: BulkRuntime
  readonly admission = null
  readonly #hooks: LoopHooks
  readonly #opening: Promise<DestinationWriter>
  #writer: DestinationWriter | null = null
  #isClosed = false

  constructor(parts: LoadLoopParts, hooks: LoopHooks) {
    const { setup, work, recorder, starts } = parts
    const { options } = work
    this.#hooks = hooks
    const plan = planOf(options)
    const wishes: ReadingWishes = {
      trim: options.trim,
      needsFields: plan.needsFields,
      invalidBytes: options.invalidBytes,
    }
    this.intake = new BulkIntake({
      openCursor: lease => openLoadLease(lease, wishes),
      openLease: async lease => {
        // A template that no record of the input can fill is told once, not by every record.
        checkFormat(plan, lease.format)
        return await (await this.#opening).openLease(lease)
      },
      onError: error => this.#fail(error),
    })
    this.runtime = new BulkRuntime({
      permits: setup.permits,
      nowMs,
      intake: this.intake,
      recorder,
      starts,
      faults: new Map(setup.faults.map(([fault, index]) => [index, fault])),
      isOrdered: setup.isOrdered,
      isCongested: hooks.isCongested,
      onWant: () => hooks.post({ type: 'want' }),
      onIdle: hooks.onIdle,
    })
    this.#opening = this.#open(parts)
    this.#opening.catch(error => this.#fail(error))
  }

  setHorizon(index: number): void {
    this.runtime.setHorizon(index)
  }

  setBounds(): void {
    // A load makes no requests.
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#writer?.close()
  }

  async #open({ setup, work, recorder }: LoadLoopParts): Promise<DestinationWriter> {
    const { options, pass } = work
    if (options.to === null) throw new JobError('E_CONFIG', 'the load has no destination: --to says where')
    const { target } = parseTarget(options.to)
    const kind = options.dryRun ? dryRunOf(target) : await loadDestination(target)
    const request: DestinationRequest = { runId: setup.runId, options, pass, secrets: setup.secrets }
    const { sqliteThread } = this.#hooks
    const writer = await kind.openWriter(request, {
      segment: setup.segment.id,
      ...(sqliteThread === undefined ? {} : { sqliteThread }),
      nowMs,
      counters: recorder.counters,
      onStalled: (failure, sinceMs) => this.#hooks.post({ type: 'stalled', failure, sinceMs }),
      onRewind: reason => this.#rewind(reason),
      onFailed: error => this.#fail(error),
      onRoom: () => this.runtime.pump(),
    })
    if (this.#isClosed) await writer.close()
    else this.#use(writer)
    return writer
  }

  #use(writer: DestinationWriter): void {
    this.#writer = writer
    this.runtime.use(writer)
  }

  #rewind(reason: string): void {
    if (this.runtime.hasGivenUp) return
    this.runtime.giveUp()
    this.#hooks.post({ type: 'rewind', reason })
  }

  /** What fails once the worker has given up, or is told to, is of no interest: its leases go back anyway. */
  #fail(error: unknown): void {
    const { hasGivenUp, phase } = this.runtime
    if (!hasGivenUp && phase < PHASE.abort) this.#hooks.onError(error)
  }
}
