import { milliseconds, perSecond, significant } from '../../../shared/locales/format.ts'
import { groupDigits, type Translate } from '../../../shared/locales/translate.ts'
import { span, type Line } from '../terminal/line.ts'
import { table, type Column } from '../terminal/table.ts'
import { speedUpOf, type Measurement } from './measurement.ts'

/** @returns A table of the measurements, crawls and cpu runs under one header. */
export function demoTable(all: readonly Measurement[], columns: number, t: Translate): Line[] {
  const [header, ...rows] = table(columnsOf(all, t), all, columns)
  const firstCpu = all.findIndex(({ step }) => step.kind === 'cpu')
  return firstCpu <= 0
    ? [header!, ...rows]
    : [header!, ...rows.slice(0, firstCpu), [], ...rows.slice(firstCpu)]
}

function columnsOf(all: readonly Measurement[], t: Translate): Column<Measurement>[] {
  const latency = (name: 'p50' | 'p95' | 'p99', priority: number): Column<Measurement> => ({
    title: name,
    align: 'right',
    priority,
    cell: ({ latencyMs }) => (latencyMs[name] === null ? '–' : milliseconds(latencyMs[name])),
  })
  return [
    { title: t('demo.work'), align: 'left', priority: 1, cell: ({ step }) => step.kind },
    { title: t('demo.model'), align: 'left', priority: 0, cell: ({ step }) => [span(step.model, 'strong')] },
    {
      title: 'P × T × C',
      align: 'left',
      priority: 4,
      cell: ({ parallelism: { processes, threads, inFlight } }) => `${processes} × ${threads} × ${inFlight}`,
    },
    {
      title: t('summary.tasks'),
      align: 'right',
      priority: 6,
      cell: ({ settled }) => groupDigits(settled),
    },
    {
      title: t('progress.throughput'),
      align: 'right',
      priority: 0,
      cell: ({ throughputPerSec }) => [span(perSecond(throughputPerSec), 'strong')],
    },
    latency('p50', 5),
    latency('p95', 3),
    latency('p99', 7),
    {
      title: t('progress.failedShort'),
      align: 'right',
      priority: 8,
      cell: ({ failed }) => groupDigits(failed),
    },
    {
      title: t('demo.speedUp'),
      align: 'right',
      priority: 2,
      cell: measurement => {
        const ratio = speedUpOf(measurement, all)
        if (ratio === null) return '1×'
        return [span(`${significant(ratio)}×`, measurement.step.kind === 'cpu' ? 'cpu' : 'server')]
      },
    },
  ]
}
