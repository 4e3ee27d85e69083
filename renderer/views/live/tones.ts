import type { Outcome } from '../../../shared/model/outcome.ts'
import type { RunState } from '../../../shared/model/run.ts'
import type { Tone } from '../../components/tones.ts'

export const STATE_TONE: Readonly<Record<RunState, Tone>> = {
  planned: 'neutral',
  running: 'wait',
  paused: 'attention',
  draining: 'attention',
  stopped: 'attention',
  finishing: 'wait',
  done: 'ok',
  failed: 'failed',
}

export const OUTCOME_TONE: Readonly<Record<Outcome, Tone>> = {
  ok: 'ok',
  failed: 'failed',
  skipped: 'neutral',
  quarantined: 'attention',
}
