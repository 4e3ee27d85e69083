import { bytes, percent, perSecond } from '../../../shared/locales/format.ts'
import { groupDigits, type Translate } from '../../../shared/locales/translate.ts'
import type { WorkerTick } from '../../../shared/model/run.ts'
import type { Glyphs } from '../terminal/bars.ts'
import { cutLine, span, type Line } from '../terminal/line.ts'
import { table, type Column } from '../terminal/table.ts'
import type { Ink } from '../terminal/paint.ts'

interface Style {
  readonly t: Translate
  readonly glyphs: Glyphs
}

const LOOP_BAR_COLUMNS = 8

const STATE_INKS: Readonly<Record<WorkerTick['state'], Ink>> = {
  starting: 'dim',
  ready: 'ok',
  draining: 'attention',
  dead: 'failed',
  cooling: 'attention',
}

/** @returns A line for each worker under a header, and one that says how many did not fit; at most `room` lines. */
export function workerLines(
  workers: readonly WorkerTick[],
  columns: number,
  room: number,
  { t, glyphs }: Style,
): Line[] {
  if (workers.length === 0 || room < 2) return []
  const shownCount = workers.length + 1 <= room ? workers.length : Math.max(0, room - 2)
  const lines = shownCount > 0 ? table(columnsOf(t, glyphs), workers.slice(0, shownCount), columns) : []
  const hidden = workers.length - shownCount
  return hidden === 0
    ? lines
    : [...lines, cutLine([span(t('progress.moreWorkers', { count: hidden }), 'dim')], columns)]
}

function columnsOf(t: Translate, glyphs: Glyphs): Column<WorkerTick>[] {
  return [
    { title: t('progress.worker'), align: 'right', priority: 0, cell: ({ worker }) => String(worker) },
    { title: t('progress.pid'), align: 'right', priority: 6, minWidth: 7, cell: ({ pid }) => String(pid) },
    {
      title: t('progress.state'),
      align: 'left',
      priority: 1,
      minWidth: 8,
      cell: worker => stateCell(worker, t, glyphs),
    },
    {
      title: t('progress.inFlight'),
      align: 'right',
      priority: 2,
      cell: ({ inFlight }) => groupDigits(inFlight),
    },
    {
      title: t('progress.throughput'),
      align: 'right',
      priority: 3,
      cell: ({ throughputPerSec }) => perSecond(throughputPerSec),
    },
    {
      title: t('progress.loop'),
      align: 'left',
      priority: 4,
      minWidth: LOOP_BAR_COLUMNS + 6,
      cell: worker => loopCell(worker.loopUtilisationRatio, glyphs),
    },
    {
      title: t('progress.cpu'),
      align: 'right',
      priority: 5,
      minWidth: 5,
      cell: ({ cpuRatio }) => percent(cpuRatio),
    },
    {
      title: t('progress.memory'),
      align: 'right',
      priority: 7,
      minWidth: 8,
      cell: ({ rssBytes }) => bytes(rssBytes),
    },
    {
      title: t('progress.current'),
      align: 'left',
      priority: 8,
      minWidth: 16,
      isFlexible: true,
      cell: ({ current }) => [span(current ?? '', 'dim')],
    },
  ]
}

function stateCell({ state, restarts }: WorkerTick, t: Translate, glyphs: Glyphs): Line {
  const name = span(t(`worker.${state}`), STATE_INKS[state])
  return restarts === 0 ? [name] : [name, span(` ${glyphs.again}${restarts}`, 'attention')]
}

/** Warm is the part of the second that the loop computed; the rest, cool, it waited. */
function loopCell(ratio: number, glyphs: Glyphs): Line {
  const busy = Math.round(Math.min(1, Math.max(0, ratio)) * LOOP_BAR_COLUMNS)
  return [
    span(glyphs.fills.cpu.repeat(busy), 'cpu'),
    span(glyphs.fills.server.repeat(LOOP_BAR_COLUMNS - busy), 'server'),
    span(percent(ratio).padStart(6)),
  ]
}
