import type { IconName } from './icons.ts'

/** What a badge, a notice or a figure says by colour; the icon and the word say it too. */
export type Tone = 'ok' | 'failed' | 'attention' | 'cpu' | 'wait' | 'neutral'

export const TONE_ICONS: Readonly<Record<Tone, IconName>> = {
  ok: 'check',
  failed: 'error',
  attention: 'warning',
  cpu: 'cpu',
  wait: 'clock',
  neutral: 'info',
}
