import { REPEATS, WARM_UPS } from '../../shared/model/comparison.ts'
import type { FlagSpec } from './flag-spec.ts'

export const MODELS: FlagSpec = {
  flag: 'models',
  value: 'LIST',
  text: 'option.models',
  group: 'group.work',
}
export const SWEEP: FlagSpec = {
  flag: 'sweep',
  value: 'NAME=FROM..TO',
  text: 'option.sweep',
  group: 'group.work',
}
export const REPEAT_COUNT: FlagSpec = {
  flag: 'repeats',
  value: 'N',
  text: 'option.repeats',
  group: 'group.work',
  defaultText: String(REPEATS.default),
}
export const WARM_UP_COUNT: FlagSpec = {
  flag: 'warmup',
  value: 'N',
  text: 'option.warmup',
  group: 'group.work',
  defaultText: String(WARM_UPS.default),
}
export const SEED: FlagSpec = { flag: 'seed', value: 'N', text: 'option.seed', group: 'group.work' }
