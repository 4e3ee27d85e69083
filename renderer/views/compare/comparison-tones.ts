import type { ComparisonState } from '../../../shared/model/comparison.ts'
import type { Tone } from '../../components/tones.ts'

export const STATE_TONES: Readonly<Record<ComparisonState | 'left', Tone>> = {
  running: 'wait',
  done: 'ok',
  stopped: 'attention',
  failed: 'failed',
  left: 'attention',
}
