import type { OpenedRun } from '../records/protocol.ts'
import type { Dropped } from './journal.ts'
import type { JournalState } from './journal-state.ts'
import type { RunPaths } from './run-paths.ts'
import { nextSegment } from './torn-tails.ts'

/** @returns What the supervisor goes on from. */
export function openedRun(paths: RunPaths, state: JournalState, dropped: Dropped | null = null): OpenedRun {
  const { run, given, progress } = state
  return {
    runId: paths.runId,
    directory: paths.directory,
    job: run.job,
    options: given.options,
    parallelism: given.parallelism,
    bounds: given.bounds ?? null,
    epoch: progress.epoch,
    state: progress.state,
    settled: state.settled,
    counters: state.counters,
    histograms: state.histograms,
    errors: progress.errors,
    total: progress.total,
    elapsedMs: progress.elapsedMs,
    cpuSec: progress.cpuSec,
    peakRssBytes: progress.peakRssBytes,
    fingerprints: state.fingerprints,
    nextSegment: nextSegment(paths, state.segments),
    suspects: state.suspects,
    summary: state.summary,
    ...(state.sampled === null ? {} : { sampled: state.sampled }),
    ...(state.sampledFailures === null ? {} : { sampledFailures: state.sampledFailures }),
    notices: dropped === null ? [] : noticesOf(dropped),
  }
}

function noticesOf({ lostPages, lostCommits, tornRecords }: Dropped): string[] {
  const notices: string[] = []
  if (lostPages > 0)
    notices.push(
      `the end of the journal's log was not whole: ${lostPages} pages of run.db-wal with ${lostCommits} commits were dropped; what they had settled is done again`,
    )
  if (tornRecords > 0)
    notices.push(
      `${tornRecords} records written after the last commit were dropped, a copy is in segments/*.torn; their tasks are done again`,
    )
  return notices
}
