import type { PhaseTimes } from '../../shared/model/run.ts'

/** Computing first, then waiting: warm left, cool right. */
export const PHASES = ['cpu', 'firstByte', 'body', 'connect', 'queue'] as const
export type Phase = (typeof PHASES)[number]

export interface PhaseShare {
  readonly phase: Phase
  readonly ms: number
  /** 0..1 of all phases together. */
  readonly ratio: number
}

/** @returns The phases that took any time; none when nothing was measured. */
export function phaseShares(times: PhaseTimes): readonly PhaseShare[] {
  const all = PHASES.map(phase => ({ phase, ms: positive(times[`${phase}Ms`]) }))
  const sum = all.reduce((total, { ms }) => total + ms, 0)
  return sum === 0 ? [] : all.filter(({ ms }) => ms > 0).map(share => ({ ...share, ratio: share.ms / sum }))
}

const positive = (ms: number): number => (Number.isFinite(ms) ? Math.max(0, ms) : 0)
