import { JobError } from '../../shared/model/error.ts'
import type { JobSpec, Secrets } from '../../shared/model/job.ts'
import type { RunHistory } from '../../shared/model/run-history.ts'
import type { RunDetail, RunEntry, RunState } from '../../shared/model/run.ts'
import { rmSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Journal } from '../journal/journal.ts'
import { readJournal, type JournalState } from '../journal/journal-state.ts'
import { openedRun } from '../journal/opened-run.ts'
import { runPaths, type RunPaths } from '../journal/run-paths.ts'
import type { SegmentAudit } from '../journal/segment-audit.ts'
import { exportRun } from './export.ts'
import { Follower } from './follower.ts'
import { RunLists } from './list-changes.ts'
import { intendedOutputs, openOutputs } from './open-outputs.ts'
import { checkPlans } from './output-plan.ts'
import type { Output } from './output.ts'
import type {
  CreateRun,
  Finished,
  ListChanges,
  ListMark,
  OpenRun,
  OpenedRun,
  Records,
  Removed,
  RunCommit,
  RunEnd,
} from './protocol.ts'
import { removeRun, whileNobodyOwns } from './remove-run.ts'
import { RunDestination, type DestinationParts, type LoadDestination } from './run-destination.ts'
import { findUnfinishedRun, resolveRun, showRun } from './run-list.ts'
import { showHistory } from './run-history.ts'
import { writeTags } from './run-tags.ts'
import { sweepSockets } from './sweep-sockets.ts'
import { within } from './within.ts'
import { inTrash, moveToTrash, restoreFromTrash } from './trash.ts'

/** A run that wrote nothing waits so long, at its end, until its destination knows nothing of it. */
const WITHDRAW_MS = 700
/** Looked through before other requests get their turn. */
const AUDIT_SLICE_BYTES = 2 ** 24

export interface RecordsPorts {
  readonly dataDir: string
  readonly nowMs: () => number
  readonly loadDestination: LoadDestination
  /** An output cannot be written; the journal is not concerned. */
  readonly onOutputFailure: (error: JobError) => void
}

interface OpenRunState {
  readonly journal: Journal
  readonly out: readonly string[]
  readonly outputs: readonly Output[]
  readonly follower: Follower
  readonly destination: RunDestination | null
  /** Segments of earlier sessions; `null` when there are none. */
  readonly audit: SegmentAudit | null
  readonly isDone: boolean
  state: RunState
}

interface Beginning {
  readonly journal: Journal
  readonly state: JournalState
  readonly destination: RunDestination | null
  readonly audit: SegmentAudit | null
}

/**
 * The records worker without its port. Holds at most one run open at a time; lists, exports and removals concern any
 * run.
 */
export class RecordsService implements Records {
  readonly #ports: RecordsPorts
  readonly #lists: RunLists
  #run: OpenRunState | null = null

  constructor(ports: RecordsPorts) {
    this.#ports = ports
    this.#lists = new RunLists(ports.dataDir)
  }

  async create(request: CreateRun): Promise<OpenedRun> {
    this.#assertFree()
    checkPlans(request.job, request.options)
    const paths = runPaths(this.#ports.dataDir, request.runId)
    const journal = Journal.create(paths, request, this.#ports.nowMs)
    let destination: RunDestination | null = null
    try {
      destination = await this.#destinationOf(journal, request, request.secrets)
      await destination?.begin()
      const state = readJournal(paths)
      const intended = intendedOutputs(state)
      if (intended.length > 0) journal.saveOutputs(intended, 'full')
      await this.#begin({ journal, state, destination, audit: null })
      return openedRun(paths, state)
    } catch (error) {
      // A run that could not begin leaves nothing to resume, and nothing elsewhere.
      await destination?.takeBack()
      await destination?.close()
      journal.close()
      rmSync(paths.directory, { recursive: true, force: true })
      throw error
    }
  }

  async open(request: OpenRun): Promise<OpenedRun> {
    this.#assertFree()
    const paths = runPaths(this.#ports.dataDir, request.runId)
    const { journal, state, dropped, audit } = Journal.open(paths, request, this.#ports.nowMs)
    let destination: RunDestination | null = null
    try {
      const isDone = state.progress.state === 'done'
      const { run, given } = state
      if (!isDone) {
        destination = await this.#destinationOf(
          journal,
          { job: run.job, options: given.options },
          request.secrets,
        )
      }
      const hasChanged = (await destination?.reconcile(paths, state)) ?? false
      const agreed = hasChanged ? readJournal(paths) : state
      await this.#begin({ journal, state: agreed, destination, audit })
      return openedRun(paths, agreed, dropped)
    } catch (error) {
      await destination?.close()
      journal.close()
      throw error
    }
  }

  async commit(commit: RunCommit): Promise<void> {
    const run = this.#opened()
    run.journal.commit(commit)
    run.state = commit.state
    run.follower.commit(commit.segments)
  }

  async finish(): Promise<Finished> {
    const run = this.#opened()
    if (run.isDone) return { out: run.out, hasForgotten: false }
    const isEnding = run.state === 'finishing' || run.state === 'done'
    await run.follower.catchUp(isEnding ? 'done' : 'going on')
    if (!isEnding) return { out: run.out, hasForgotten: false }
    while (run.audit?.advance(AUDIT_SLICE_BYTES) === false) await nextTurn()
    const { paths } = run.journal
    const isWhole = (await run.destination?.end(paths, () => readJournal(paths))) ?? true
    if (isWhole) for (const output of run.outputs) await output.finish()
    return { out: run.out, hasForgotten: !isWhole }
  }

  async close(ending: RunEnd): Promise<void> {
    const run = this.#opened()
    this.#run = null
    try {
      if (!run.isDone) run.journal.saveEnding(ending.state, ending.summary, ending.history)
      if (!run.isDone && ending.state !== 'done' && !run.journal.hasSettled)
        await within(WITHDRAW_MS, run.destination?.withdraw() ?? Promise.resolve(), undefined)
    } finally {
      await run.follower.close()
      await run.destination?.close()
      run.journal.close()
    }
  }

  async list(): Promise<readonly RunEntry[]> {
    return this.#lists.list()
  }

  async changes(since: ListMark | null): Promise<ListChanges> {
    return this.#lists.changes(since)
  }

  async show(runId: string): Promise<RunDetail> {
    return showRun(this.#resolve(runId))
  }

  async history(runId: string): Promise<RunHistory> {
    return showHistory(this.#resolve(runId))
  }

  async resolve(runId: string): Promise<string> {
    return this.#resolve(runId).runId
  }

  async exportRun(request: Parameters<Records['exportRun']>[0]): Promise<{ readonly records: number }> {
    return exportRun(this.#resolve(request.runId), request)
  }

  async tag({ runId, tags }: { readonly runId: string; readonly tags: readonly string[] }): Promise<void> {
    writeTags(this.#resolve(runId), tags)
  }

  async remove(runId: string): Promise<Removed> {
    const paths = this.#resolve(runId)
    const left = await removeRun(paths, this.#ports.loadDestination)
    return { runId: paths.runId, ...(left === null ? {} : { left }) }
  }

  async trash(runId: string): Promise<{ readonly runId: string }> {
    const paths = this.#resolve(runId)
    whileNobodyOwns(paths, () => moveToTrash(this.#ports.dataDir, paths))
    return { runId: paths.runId }
  }

  async restore(runId: string): Promise<{ readonly runId: string }> {
    return { runId: restoreFromTrash(this.#ports.dataDir, runId).runId }
  }

  async purge({ runIds, olderThanMs }: Parameters<Records['purge']>[0]): Promise<void> {
    sweepSockets(this.#ports.dataDir)
    for (const paths of inTrash(this.#ports.dataDir)) {
      const isDue = runIds.includes(paths.runId) || paths.deletedAtMs < Date.now() - olderThanMs
      if (isDue) await removeRun(paths, this.#ports.loadDestination)
    }
  }

  async findUnfinished(job: JobSpec): Promise<string | null> {
    return findUnfinishedRun(this.#ports.dataDir, job)
  }

  #resolve(runId: string): RunPaths {
    return resolveRun(this.#ports.dataDir, runId, () => this.#lists.list())
  }

  #opened(): OpenRunState {
    if (this.#run === null) throw new JobError('E_INTERNAL', 'no run is open')
    return this.#run
  }

  #assertFree(): void {
    if (this.#run !== null)
      throw new JobError('E_INTERNAL', `run ${this.#run.journal.paths.runId} is still open`)
  }

  #destinationOf(
    journal: Journal,
    run: Pick<DestinationParts, 'job' | 'options'>,
    secrets: Secrets | undefined,
  ): Promise<RunDestination | null> {
    return RunDestination.of(journal, { ...run, secrets, load: this.#ports.loadDestination })
  }

  async #begin({ journal, state, destination, audit }: Beginning): Promise<void> {
    const isDone = state.progress.state === 'done'
    const outputs = isDone ? [] : await openOutputs(journal.paths, state)
    const follower = new Follower(outputs, {
      nowMs: this.#ports.nowMs,
      save: states => journal.saveOutputs(states),
      onFailure: this.#ports.onOutputFailure,
    })
    this.#run = {
      journal,
      out: state.given.options.out,
      outputs,
      follower,
      destination,
      audit,
      isDone,
      state: state.progress.state,
    }
    if (outputs.length > 0) {
      journal.saveOutputs(
        outputs.map(output => output.state),
        'full',
      )
      journal.mergeLog()
    }
    follower.wake()
  }
}
