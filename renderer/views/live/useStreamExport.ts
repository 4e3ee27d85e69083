import { streamSvg } from '../../charts/stream/svg.ts'
import type { StreamView } from '../../charts/stream/viewport.ts'
import type { ChartMarker } from '../../charts/chart-data.ts'
import { useChartTheme } from '../../charts/theme.ts'
import { useToasts } from '../../components/useToasts.ts'
import { useText } from '../../composables/useText.ts'
import { useExportsStore } from '../../stores/exports.ts'
import { useLiveStore } from '../../stores/live.ts'
import { useStreamStore } from '../../stores/stream.ts'
import { useAction } from './useAction.ts'

/** Lanes and cells of a picture: more would be no picture any more, and no file that programs like to open. */
const SVG_LANES = 256
const SVG_CELLS = 24_000
const SVG_SPANS = 4_000

export type StreamExport = 'svg' | 'svg-whole' | 'trace' | 'trace-whole'

interface Shown {
  readonly view: StreamView
  readonly rowsSeen: number
  readonly endMs: number
  readonly markers: readonly ChartMarker[]
}

/** Hands the execution path over as a file: what is seen of it, or all of it. */
export function useStreamExport() {
  const { t } = useText()
  const live = useLiveStore()
  const stream = useStreamStore()
  const exports = useExportsStore()
  const toasts = useToasts()
  const theme = useChartTheme()
  const { busy, run } = useAction<StreamExport>()

  const saveSvg = async ({ view, rowsSeen, endMs, markers }: Shown, isWhole: boolean): Promise<void> => {
    const { runId, title, kind } = live.detail!
    const [fromMs, toMs] = isWhole ? [0, Math.max(1, endMs)] : [view.fromMs, view.toMs]
    const wanted = isWhole ? (stream.data?.laneCount ?? 1) : Math.ceil(rowsSeen + 1)
    const lanes = Math.max(1, Math.min(SVG_LANES, wanted))
    const data = await stream.ask({
      ...{ fromMs, toMs, lanes, spans: SVG_SPANS },
      firstLane: isWhole ? 0 : Math.floor(view.firstRow),
      bins: Math.max(32, Math.min(1_024, Math.floor(SVG_CELLS / lanes))),
    })
    const svg = streamSvg({
      ...{ data, fromMs, toMs, markers, isSpread: kind === 'load', theme: theme.value },
      title: `${title} · ${runId}`,
      words: {
        worker: worker => t('stream.worker', { worker }),
        phases: {
          cpu: t('stream.phase.cpu'),
          connect: t('stream.phase.connect'),
          firstByte: t(kind === 'crawl' ? 'stream.phase.firstByte' : 'stream.phase.waiting'),
          body: t('stream.phase.body'),
          other: t('stream.phase.other'),
          failed: t('live.outcome.failed'),
        },
      },
    })
    await stream.saveText(`${runId}${isWhole ? '' : '-window'}.svg`, svg)
  }
  const saveTrace = async ({ view: { fromMs, toMs } }: Shown, isWhole: boolean): Promise<void> => {
    const { runId } = live.detail!
    const window = isWhole ? {} : { window: { fromMs, toMs } }
    const records = await exports.make({
      ...{ runId, format: 'trace.json', isSpreadsheetSafe: false, filter: null },
      ...window,
    })
    toasts.push({ tone: 'ok', title: t('history.exported', { count: records }), text: t('stream.traceHint') })
  }
  return {
    busy,
    save: (what: StreamExport, shown: Shown): Promise<void> =>
      run(what, () => {
        const isWhole = what.endsWith('-whole')
        return what.startsWith('svg') ? saveSvg(shown, isWhole) : saveTrace(shown, isWhole)
      }),
  }
}
