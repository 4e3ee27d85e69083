import type { Histogram } from '../../shared/model/histogram.ts'
import type { CpuOptions } from '../../shared/model/fields/cpu.ts'
import { KERNEL } from '../executor/kernels/registry.ts'
import { HUNG_AFTER_MS } from '../pool/pool.ts'

/** Synchronous work may be silent for so long before the first of its tasks has settled, in milliseconds. */
const HUNG_BEFORE_FIRST_MS = 300_000
/** A task that lasts so many times as long as any before it counts as hung. */
const LONGER_THAN_ANY = 20
/** A task of the usual size takes a few hundredths of this on one CPU. */
const USUAL_TASK_MS = 1_000
/** By which power of the size the work of a kernel grows; 1 for the others. */
const GROWTH: Partial<Record<CpuOptions['kernel'], number>> = { matrix: 3, mandelbrot: 2 }

/**
 * A synchronous task keeps its worker silent while it runs: how long one may last is learnt from those before. Tasks of
 * one run are of one size, so they last about as long.
 *
 * @param first How long the first ones may last, see {@link firstSilenceMs}.
 * @returns How long a worker may be silent, in milliseconds.
 */
export const allowedSilenceMs = (latency: Histogram, first: number): number =>
  latency.count === 0 ? first : Math.max(HUNG_AFTER_MS, latency.maxMs * LONGER_THAN_ANY)

/**
 * @param crowding How many workers share a CPU; at least 1.
 * @returns How long a worker may be silent before any task has settled, in milliseconds: more than the work can take.
 */
export function firstSilenceMs(
  { kernel, size }: Pick<CpuOptions, 'kernel' | 'size'>,
  crowding: number,
): number {
  const ratio = (size ?? 0) / KERNEL[kernel].defaultSize
  return Math.max(HUNG_BEFORE_FIRST_MS, USUAL_TASK_MS * ratio ** (GROWTH[kernel] ?? 1)) * crowding
}
