import { JobError } from '../../shared/model/error.ts'
import { NO_SECRETS, type JobSpec, type RunOptions, type Secrets } from '../../shared/model/job.ts'
import { parseTarget, type LoadTarget } from '../../shared/model/load-target.ts'
import type { DestinationControl, DestinationKind } from '../destination/destination.ts'
import type { DestinationDocument } from '../journal/journal-codec.ts'
import type { Journal } from '../journal/journal.ts'
import type { JournalState } from '../journal/journal-state.ts'
import type { RunPaths } from '../journal/run-paths.ts'
import { goingBack } from './go-back.ts'
import { SegmentPool } from './segment-pool.ts'

/** Finds the halves of a destination; see `engine/destination/registry.ts`. */
export type LoadDestination = (target: LoadTarget) => Promise<DestinationKind>

export interface DestinationParts {
  readonly job: JobSpec
  readonly options: RunOptions
  readonly secrets: Secrets | undefined
  readonly load: LoadDestination
}

/** The destination of one run as its journal sees it: begun, compared with at each opening and at the end, and cleaned up. */
export class RunDestination {
  readonly #control: DestinationControl
  readonly #journal: Journal
  #kept: DestinationDocument | null = null
  #hasBegun = false

  private constructor(control: DestinationControl, journal: Journal) {
    this.#control = control
    this.#journal = journal
  }

  /** @returns `null` for runs that keep no position in a destination. @throws JobError `E_CONFIG`. */
  static async of(journal: Journal, parts: DestinationParts): Promise<RunDestination | null> {
    const { job, options, load, secrets } = parts
    if (job.kind !== 'load' || job.load.dryRun || options.pass === 'verify') return null
    if (job.load.to === null) throw new JobError('E_CONFIG', 'a load needs a destination: --to')
    const kind = await load(parseTarget(job.load.to).target)
    if (kind.openControl === null) return null
    const request = { runId: journal.paths.runId, options: job.load, pass: options.pass }
    const control = await kind.openControl({ ...request, secrets: secrets ?? NO_SECRETS })
    return new RunDestination(control, journal)
  }

  /** @throws JobError when the destination cannot be written; it is left as it was. */
  async begin(): Promise<void> {
    const identity = await this.#control.begin()
    this.#hasBegun = true
    this.#keep({ identity, isEnding: false })
  }

  /** The run could not begin after all: nothing of it may stay. */
  async takeBack(): Promise<void> {
    if (!this.#hasBegun) return
    // Why it could not begin says more than what else goes wrong now.
    await this.#clear().catch(() => undefined)
  }

  /**
   * The run ends early and its journal has nothing settled: unless the destination says that something was written all
   * the same, nothing of the run stays there, and it begins anew when it is resumed.
   */
  async withdraw(): Promise<void> {
    if (this.#kept === null || this.#kept.isEnding) return
    const { spans } = await this.#control.reconcile(this.#kept.identity)
    if (spans.some(({ first, next }) => next > first)) return
    // In this order: a mark that is missing where the journal expects one means that somebody changed the destination.
    this.#journal.saveDestination(null)
    this.#kept = null
    await this.#clear()
  }

  /**
   * Makes journal and destination agree before anything is written: what the destination has forgotten is to be done
   * again.
   *
   * @returns Whether the journal was changed.
   * @throws JobError `E_SRC_CHANGED` when somebody changed the destination, `E_DEST_DOWN` when it cannot be asked.
   */
  async reconcile(paths: RunPaths, state: JournalState): Promise<boolean> {
    this.#kept = state.destination
    if (this.#kept?.isEnding === true) return false
    const reconciled = await this.#control.reconcile(this.#kept?.identity ?? null)
    using pool = new SegmentPool(paths, state.segments, state.dropped)
    const change = goingBack(state, pool, reconciled)
    if (change === null) {
      this.#keep({ identity: reconciled.identity, isEnding: false })
      return false
    }
    this.#journal.goBack(change)
    this.#kept = change.destination
    return true
  }

  /**
   * Every task is settled in `state`: compares once more, then removes from the destination all but the data. May be
   * called again when the destination was not there.
   *
   * @returns False when the destination has forgotten something, so that the run has to go on.
   */
  async end(paths: RunPaths, read: () => JournalState): Promise<boolean> {
    if (this.#kept?.isEnding !== true) {
      const state = read()
      const reconciled = await this.#control.reconcile(this.#kept?.identity ?? null)
      using pool = new SegmentPool(paths, state.segments, state.dropped)
      if (goingBack(state, pool, reconciled) !== null) return false
      this.#keep({ identity: reconciled.identity, isEnding: true })
    }
    await this.#control.end()
    return true
  }

  async close(): Promise<void> {
    await this.#control.close()
  }

  async #clear(): Promise<void> {
    if (this.#control.takeBack === undefined) await this.#control.end()
    else await this.#control.takeBack()
  }

  #keep(destination: DestinationDocument): void {
    const { identity, isEnding } = destination
    if (this.#kept?.identity === identity && this.#kept.isEnding === isEnding) return
    this.#journal.saveDestination(destination)
    this.#kept = destination
  }
}
