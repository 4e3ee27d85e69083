import { milliseconds, perSecond, significant } from '../../../shared/locales/format.ts'
import { groupDigits, type Translate } from '../../../shared/locales/translate.ts'
import { span, type Line } from '../terminal/line.ts'
import { table, type Column } from '../terminal/table.ts'
import { speedUpOf, type Measurement } from './measurement.ts'
import type { DemoStep } from './steps.ts'

/** A step that was measured, or one for which no time was left. */
type Row = Measurement | { readonly step: DemoStep; readonly throughputPerSec: null }

/** @returns A table of the measurements and of what was not run, all kinds under one header. */
export function demoTable(
  measured: readonly Measurement[],
  notRun: readonly DemoStep[],
  { columns, t }: { readonly columns: number; readonly t: Translate },
): Line[] {
  const all: Row[] = [...measured, ...notRun.map(step => ({ step, throughputPerSec: null }))]
  const [header, ...rows] = table(columnsOf(measured, t), all, columns)
  const isNewKind = (at: number) => at > 0 && all[at]!.step.kind !== all[at - 1]!.step.kind
  return [header!, ...rows.flatMap((row, at) => (isNewKind(at) ? [[], row] : [row]))]
}

/** A cell of a measured step; a step that was not run has nothing there. */
const measuredCell =
  (cell: (measurement: Measurement) => Line | string) =>
  (row: Row): Line | string =>
    row.throughputPerSec === null ? '' : cell(row)

function columnsOf(all: readonly Measurement[], t: Translate): Column<Row>[] {
  const latency = (name: 'p50' | 'p95' | 'p99', priority: number): Column<Row> => ({
    title: name,
    align: 'right',
    priority,
    cell: measuredCell(({ latencyMs }) => (latencyMs[name] === null ? '–' : milliseconds(latencyMs[name]))),
  })
  return [
    { title: t('demo.work'), align: 'left', priority: 1, cell: ({ step }) => step.kind },
    { title: t('demo.model'), align: 'left', priority: 0, cell: ({ step }) => [span(step.model, 'strong')] },
    {
      title: 'P × T × C',
      align: 'left',
      priority: 4,
      cell: measuredCell(
        ({ parallelism: { processes, threads, inFlight } }) => `${processes} × ${threads} × ${inFlight}`,
      ),
    },
    {
      title: t('summary.tasks'),
      align: 'right',
      priority: 6,
      cell: measuredCell(({ settled }) => groupDigits(settled)),
    },
    {
      title: t('progress.throughput'),
      align: 'right',
      priority: 0,
      cell: ({ throughputPerSec }) =>
        throughputPerSec === null
          ? [span(t('demo.notRun'), 'attention')]
          : [span(perSecond(throughputPerSec), 'strong')],
    },
    latency('p50', 5),
    latency('p95', 3),
    latency('p99', 7),
    {
      title: t('progress.failedShort'),
      align: 'right',
      priority: 8,
      cell: measuredCell(({ failed }) => groupDigits(failed)),
    },
    {
      title: t('demo.speedUp'),
      align: 'right',
      priority: 2,
      cell: measuredCell(measurement => {
        const ratio = speedUpOf(measurement, all)
        if (ratio === null) return measurement.step.model === 'sequential' ? '1×' : '–'
        return [span(`${significant(ratio)}×`, measurement.step.kind === 'cpu' ? 'cpu' : 'server')]
      }),
    },
  ]
}
