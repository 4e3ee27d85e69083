/** How a task ended. The position is the number stored in segments: only ever appended. */
export const OUTCOMES = ['ok', 'failed', 'skipped', 'quarantined'] as const

export type Outcome = (typeof OUTCOMES)[number]

export const OUTCOME = { ok: 0, failed: 1, skipped: 2, quarantined: 3 } as const
