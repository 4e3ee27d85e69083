import { JobError } from '../../shared/model/error.ts'
import type { JobSpec } from '../../shared/model/job.ts'
import type { RunDetail, RunEntry, RunState, RunSummary } from '../../shared/model/run.ts'
import { rmSync } from 'node:fs'
import type { OutputState } from '../journal/journal-codec.ts'
import { Journal } from '../journal/journal.ts'
import { readJournal, type JournalState } from '../journal/journal-state.ts'
import { openedRun } from '../journal/opened-run.ts'
import { runPaths, type RunPaths } from '../journal/run-paths.ts'
import { checkOutputs } from '../sink/registry.ts'
import { exportRun } from './export.ts'
import { Follower } from './follower.ts'
import { Output } from './output.ts'
import type { CreateRun, OpenRun, OpenedRun, Records, RunCommit } from './protocol.ts'
import { findUnfinishedRun, listRuns, removeRun, resolveRun, showRun } from './run-list.ts'
import { SegmentPool } from './segment-pool.ts'

export interface RecordsPorts {
  readonly dataDir: string
  readonly nowMs: () => number
  /** An output cannot be written; the journal is not concerned. */
  readonly onOutputFailure: (error: JobError) => void
}

interface OpenRunState {
  readonly journal: Journal
  readonly out: readonly string[]
  readonly outputs: readonly Output[]
  readonly follower: Follower
  readonly isDone: boolean
  state: RunState
}

/**
 * The records worker without its port. Holds at most one run open at a time; lists, exports and removals concern any
 * run.
 */
export class RecordsService implements Records {
  readonly #ports: RecordsPorts
  #run: OpenRunState | null = null

  constructor(ports: RecordsPorts) {
    this.#ports = ports
  }

  async create(request: CreateRun): Promise<OpenedRun> {
    this.#assertFree()
    checkOutputs(request.options)
    const paths = runPaths(this.#ports.dataDir, request.runId)
    const journal = Journal.create(paths, request, this.#ports.nowMs)
    try {
      const state = readJournal(paths)
      await this.#begin(journal, state)
      return openedRun(paths, state)
    } catch (error) {
      // A run that could not begin leaves nothing to resume.
      journal.close()
      rmSync(paths.directory, { recursive: true, force: true })
      throw error
    }
  }

  async open(request: OpenRun): Promise<OpenedRun> {
    this.#assertFree()
    const paths = runPaths(this.#ports.dataDir, request.runId)
    const { journal, state } = Journal.open(paths, request, this.#ports.nowMs)
    try {
      await this.#begin(journal, state)
      return openedRun(paths, state)
    } catch (error) {
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

  async finish(): Promise<{ readonly out: readonly string[] }> {
    const run = this.#opened()
    if (run.isDone) return { out: run.out }
    const isEnding = run.state === 'finishing' || run.state === 'done'
    await run.follower.catchUp(isEnding ? 'done' : 'going on')
    if (isEnding) for (const output of run.outputs) await output.finish()
    return { out: run.out }
  }

  async close(ending: { readonly state: RunState; readonly summary: RunSummary }): Promise<void> {
    const run = this.#opened()
    this.#run = null
    try {
      if (!run.isDone) run.journal.saveEnding(ending.state, ending.summary)
    } finally {
      await run.follower.close()
      run.journal.close()
    }
  }

  async list(): Promise<readonly RunEntry[]> {
    return listRuns(this.#ports.dataDir)
  }

  async show(runId: string): Promise<RunDetail> {
    return showRun(this.#resolve(runId))
  }

  async exportRun(request: Parameters<Records['exportRun']>[0]): Promise<{ readonly records: number }> {
    return exportRun(this.#resolve(request.runId), request)
  }

  async remove(runId: string): Promise<{ readonly runId: string }> {
    const paths = this.#resolve(runId)
    removeRun(paths)
    return { runId: paths.runId }
  }

  async findUnfinished(job: JobSpec): Promise<string | null> {
    return findUnfinishedRun(this.#ports.dataDir, job)
  }

  #resolve(runId: string): RunPaths {
    return resolveRun(this.#ports.dataDir, runId)
  }

  #opened(): OpenRunState {
    if (this.#run === null) throw new JobError('E_INTERNAL', 'no run is open')
    return this.#run
  }

  #assertFree(): void {
    if (this.#run !== null)
      throw new JobError('E_INTERNAL', `run ${this.#run.journal.paths.runId} is still open`)
  }

  async #begin(journal: Journal, state: JournalState): Promise<void> {
    const isDone = state.progress.state === 'done'
    const outputs = isDone ? [] : await this.#openOutputs(journal.paths, state)
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
      isDone,
      state: state.progress.state,
    }
    if (outputs.length > 0) journal.saveOutputs(outputs.map(output => output.state))
    follower.wake()
  }

  async #openOutputs(paths: RunPaths, { run, given, segments, outputs }: JournalState): Promise<Output[]> {
    const known = new Map<string, OutputState>(outputs.map(output => [output.path, output]))
    const opened: Output[] = []
    try {
      for (const path of given.options.out) {
        opened.push(
          await Output.open({
            path,
            mode: given.options.outMode,
            runId: paths.runId,
            job: run.job,
            order: given.parallelism.order,
            resume: known.get(path) ?? null,
            pool: new SegmentPool(paths, segments),
          }),
        )
      }
      return opened
    } catch (error) {
      for (const output of opened) {
        await output.close()
        const { path } = output.state
        // A file that this attempt has made must not stand in the way of the next.
        if (path !== '-' && !known.has(path) && given.options.outMode === 'create')
          rmSync(path, { force: true })
      }
      throw error
    }
  }
}
