import { groupDigits } from '../../../shared/locales/translate.ts'
import type { Steering } from '../../../shared/model/run.ts'
import type { ChartMarker } from '../../charts/chart-data.ts'
import { useText } from '../../composables/useText.ts'
import type { Change } from '../../stores/live/changes.ts'
import type { Marker } from '../../stores/live/markers.ts'

const MARKER_TONE: Readonly<Record<Marker['kind'], ChartMarker['tone']>> = {
  paused: 'attention',
  unpaused: 'neutral',
  resumed: 'neutral',
  stopping: 'attention',
  waiting: 'attention',
  tuned: 'accent',
  died: 'failed',
}

/** Longer reasons would cover a chart; the log has them whole. */
const REASON_CHARACTERS = 40

/** What bends a run's lines, in the language that is chosen. */
export function useMarkerWords() {
  const { t, format } = useText()
  const valueOf = (value: number | null): string =>
    value === null
      ? t('live.steer.off')
      : Number.isInteger(value)
        ? groupDigits(value)
        : format.significant(value)
  const changeText = ({ what, from, to }: Change): string =>
    t('live.marker.tuned', { name: steeringName(what), from: valueOf(from), to: valueOf(to) })
  const steeringName = (what: keyof Steering): string => t(`live.steer.${what}`)

  const markerText = (marker: Marker): string => {
    switch (marker.kind) {
      case 'tuned':
        return changeText(marker)
      case 'waiting':
        return t('live.marker.waiting', { reason: shortened(marker.reason) })
      case 'died':
        return t('live.marker.died', { worker: marker.worker })
      case 'paused':
      case 'unpaused':
      case 'resumed':
      case 'stopping':
        return t(`live.marker.${marker.kind}`)
    }
  }
  const chartMarker = (marker: Marker): ChartMarker => ({
    atMs: marker.atMs,
    label: markerText(marker),
    tone: MARKER_TONE[marker.kind],
  })
  return { chartMarker, changeText }
}

const shortened = (reason: string): string =>
  reason.length <= REASON_CHARACTERS ? reason : `${reason.slice(0, REASON_CHARACTERS - 1)}…`
