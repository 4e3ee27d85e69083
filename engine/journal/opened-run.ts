import type { OpenedRun } from '../records/protocol.ts'
import type { JournalState } from './journal-state.ts'
import type { RunPaths } from './run-paths.ts'
import { nextSegment } from './torn-tails.ts'

/** @returns What the supervisor goes on from. */
export function openedRun(paths: RunPaths, state: JournalState): OpenedRun {
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
  }
}
