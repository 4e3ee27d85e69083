import type { RunHistory } from '../../shared/model/run-history.ts'
import { SAMPLES_PER_ANSWER } from '../../shared/model/sample.ts'
import { readRunHistory } from '../journal/journal-state.ts'
import { whileUnlocked } from '../journal/lock.ts'
import type { RunPaths } from '../journal/run-paths.ts'
import { assertHeader } from '../journal/schema.ts'
import { mergeSamples } from './merge-samples.ts'

/**
 * What a run's charts and log are drawn from, as far as its journal has it; whoever owns the run is not disturbed.
 *
 * @throws JobError `E_VERSION`, `E_JOURNAL_CORRUPT` or `E_NOT_FOUND`.
 */
export function showHistory(paths: RunPaths): RunHistory {
  const { samples, log, logOmitted, latency } = whileUnlocked(paths, isOwned => {
    // An owner may live in this very process: then the file must not be opened but by SQLite.
    if (!isOwned) assertHeader(paths)
    return readRunHistory(paths)
  })
  return {
    ...mergeSamples(samples, SAMPLES_PER_ANSWER),
    log,
    logOmitted,
    latency: { buckets: [...latency.buckets], maxMs: latency.maxMs },
  }
}
