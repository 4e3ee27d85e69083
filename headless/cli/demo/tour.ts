import type { StopSignal } from '../stop-signals.ts'
import type { Measurement } from './measurement.ts'
import type { DemoStep } from './steps.ts'

/**
 * Milliseconds from the start of the process after which no run is started and none goes on. What follows, stopping
 * the last run and ending the site, keeps the whole below a minute.
 */
export const TOUR_MS = 50_000
/** With less, a run measures little but its own start. */
const SHORTEST_RUN_MS = 2_000

export interface StepResult {
  readonly measurement: Measurement
  /** The signal that asked the run to stop, if one did. */
  readonly signal: StopSignal | null
}

export interface TourOptions {
  readonly steps: readonly DemoStep[]
  /** Milliseconds since the process started. */
  readonly nowMs: () => number
  /** Called before each run. */
  readonly announce: (step: DemoStep, at: number) => void
  /** @param limitMs What the run may take, its start included. */
  readonly run: (step: DemoStep, limitMs: number) => Promise<StepResult>
}

export interface Tour {
  readonly measured: readonly Measurement[]
  /** Steps for which no time was left. */
  readonly notRun: readonly DemoStep[]
  /** What ended the tour early. */
  readonly signal: StopSignal | null
}

/** Takes the steps one after the other; all of them share {@link TOUR_MS}. */
export async function takeTour({ steps, nowMs, announce, run }: TourOptions): Promise<Tour> {
  const measured: Measurement[] = []
  for (const [at, step] of steps.entries()) {
    const leftMs = TOUR_MS - nowMs()
    if (leftMs <= 0) return { measured, notRun: steps.slice(at), signal: null }
    announce(step, at)
    const shareMs = leftMs / (steps.length - at)
    const { measurement, signal } = await run(step, Math.min(leftMs, Math.max(SHORTEST_RUN_MS, shareMs)))
    measured.push(measurement)
    if (signal !== null) return { measured, notRun: steps.slice(at + 1), signal }
  }
  return { measured, notRun: [], signal: null }
}
