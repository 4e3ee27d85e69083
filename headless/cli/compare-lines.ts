import { countedText, fitText, noteText } from '../../shared/locales/comparison-text.ts'
import { bytes, milliseconds, percent, perSecond, significant } from '../../shared/locales/format.ts'
import type { Translate } from '../../shared/locales/translate.ts'
import type { Comparison, ComparisonCell, ComparisonRatio } from '../../shared/model/comparison.ts'
import { span, type Line } from './terminal/line.ts'
import { table, type Column } from './terminal/table.ts'
import { wrap } from './terminal/width.ts'

interface Shown {
  readonly columns: number
  readonly t: Translate
}

/** @returns What a comparison found, for people: fastest first, each against the fastest. */
export function comparisonLines(comparison: Comparison, shown: Shown): Line[] {
  const { t, columns } = shown
  const { cells, ratios, scalability, notes, environment, plan } = comparison
  const ranked = cells.toSorted((a, b) => (b.median ?? -1) - (a.median ?? -1))
  const paragraphs: Line[][] = [
    table(columnsOf(ranked, ratios, t), ranked, columns),
    scalability.flatMap(fit => proseLines(fitText(fit, t), shown)),
    notes.flatMap(note => proseLines(`! ${noteText(note, t)}`, shown)),
    proseLines(
      t('compare.made', {
        repeats: countedText(cells),
        warmUps: plan.warmUps,
        seed: String(plan.seed),
        cpu: environment.cpu,
        cpus: significant(environment.cpuQuota),
        node: environment.node,
        busy: percent(environment.busyRatio),
      }),
      shown,
    ),
  ]
  if (comparison.state !== 'done')
    paragraphs.unshift(
      proseLines(t(`compare.state.${comparison.state}`, { reason: comparison.reason ?? '' }), shown),
    )
  return paragraphs
    .filter(lines => lines.length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : [[], ...lines]))
}

const proseLines = (text: string, { columns }: Shown): Line[] => wrap(text, columns).map(line => [span(line)])

function columnsOf(
  ranked: readonly ComparisonCell[],
  ratios: readonly ComparisonRatio[],
  t: Translate,
): Column<ComparisonCell>[] {
  const [best] = ranked
  const none = '–'
  const right = (title: string, priority: number, cell: Column<ComparisonCell>['cell']) =>
    ({ title, align: 'right', priority, cell }) as const
  return [
    { title: t('compare.point'), align: 'left', priority: 0, cell: ({ name }) => [span(name, 'strong')] },
    {
      title: 'P × T × C',
      align: 'left',
      priority: 5,
      cell: ({ parallelism: { processes, threads, inFlight } }) => `${processes} × ${threads} × ${inFlight}`,
    },
    right(t('progress.throughput'), 0, ({ median }) =>
      median === null ? none : [span(perSecond(median), 'strong')],
    ),
    right(t('compare.range'), 4, ({ throughputPerSec }) =>
      throughputPerSec.length < 2
        ? none
        : `${significant(Math.min(...throughputPerSec))}–${significant(Math.max(...throughputPerSec))}`,
    ),
    {
      title: t('compare.against', { best: best?.name ?? none }),
      align: 'left',
      priority: 1,
      cell: cell => (cell === best ? '1' : againstText(cell, ratios, t)),
    },
    {
      title: t('compare.boundBy'),
      align: 'left',
      priority: 3,
      cell: ({ bottleneck }) =>
        bottleneck === null || bottleneck.name === 'none'
          ? none
          : `${t(`compare.bound.${bottleneck.name}`)} ${percent(bottleneck.share)}`,
    },
    right('CPU', 6, ({ medianCpuSec }) =>
      medianCpuSec === null ? none : milliseconds(medianCpuSec * 1_000),
    ),
    right(t('compare.memory'), 7, ({ peakRssBytes }) => (peakRssBytes === null ? none : bytes(peakRssBytes))),
    right(t('compare.start'), 8, ({ medianStartMs }) =>
      medianStartMs === null ? none : milliseconds(medianStartMs),
    ),
  ]
}

function againstText(cell: ComparisonCell, ratios: readonly ComparisonRatio[], t: Translate): Line | string {
  if (cell.void !== null) return [span(t(`compare.void.${cell.void.type}`), 'failed')]
  // The fastest stands first in its pairs.
  const pair = ratios.find(({ b }) => b === cell.name)
  if (pair === undefined || pair.ratio === null) return t('compare.verdict.too few repeats')
  const { ratio, low, high, verdict } = pair
  // Told from the slower one's side: how much of the best it reaches.
  const text = `${significant(1 / ratio)}`
  if (low === null || high === null) return `${text}  ${t('compare.verdict.too few repeats')}`
  const interval = `[${significant(1 / high)}, ${significant(1 / low)}]`
  return verdict === 'no difference shown'
    ? [span(`${text} ${interval} `), span(t('compare.verdict.no difference shown'), 'dim')]
    : `${text} ${interval}`
}
