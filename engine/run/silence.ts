import type { Histogram } from '../../shared/model/histogram.ts'
import { HUNG_AFTER_MS } from '../pool/pool.ts'

/** Synchronous work may be silent for so long before the first of its tasks has settled, in milliseconds. */
const HUNG_BEFORE_FIRST_MS = 300_000
/** A task that lasts so many times as long as any before it counts as hung. */
const LONGER_THAN_ANY = 20

/**
 * A synchronous task keeps its worker silent while it runs: how long one may last is learnt from those before.
 *
 * @returns How long a worker may be silent, in milliseconds.
 */
export const allowedSilenceMs = (latency: Histogram): number =>
  latency.count === 0 ? HUNG_BEFORE_FIRST_MS : Math.max(HUNG_AFTER_MS, latency.maxMs * LONGER_THAN_ANY)
