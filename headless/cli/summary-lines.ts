import { bytes, milliseconds, perSecond, significant } from '../../shared/locales/format.ts'
import { groupDigits, type Translate } from '../../shared/locales/translate.ts'
import { printable, type ErrorCode } from '../../shared/model/error.ts'
import type { RunSummary, TaskCounts } from '../../shared/model/run.ts'
import { advised } from './failure-report.ts'
import type { JobFacts } from './job-title.ts'
import { nameOf } from './progress/words.ts'
import type { Glyphs } from './terminal/bars.ts'
import { flow } from './terminal/flow.ts'
import { span, type Line } from './terminal/line.ts'
import { padEnd, padStart, widthOf, wrap } from './terminal/width.ts'

interface Style {
  readonly columns: number
  readonly t: Translate
  readonly glyphs: Glyphs
}

export interface SummaryStyle extends Style {
  /** False for a run whose input could be read only once. */
  readonly isResumable: boolean
  readonly job: JobFacts
}

const DOT = span(' · ', 'dim')

/** @returns What a run came to, for people: numbers, errors with what to do, where the results are. */
export function summaryLines(summary: RunSummary, style: SummaryStyle): Line[] {
  const { t } = style
  const isLoad = summary.kind === 'load'
  const rows: [label: string, parts: Line[]][] = [
    isLoad
      ? [t('summary.records'), recordParts(summary, style)]
      : [t('summary.tasks'), taskParts(summary, t)],
    [
      t('progress.throughput'),
      [[span(perSecond(summary.throughputPerSec), 'strong')], [span(milliseconds(summary.elapsedMs))]],
    ],
    ...(isLoad && summary.latencyMs.max === null
      ? []
      : [[t('progress.latency'), latencyParts(summary)] satisfies [string, Line[]]]),
    [t('summary.bytes'), byteParts(summary, t)],
    [t('summary.cpu'), costParts(summary, t)],
    ...(summary.digest === null
      ? []
      : [[t('summary.digest'), [[span(summary.digest)]]] satisfies [string, Line[]]]),
    ...resultRows(summary, style),
  ]
  const labelColumns = Math.max(...rows.map(([label]) => widthOf(label))) + 2
  return [
    headLine(summary, style),
    // Nothing was done where the input could not even be opened.
    ...(summary.error !== null && summary.tasks.total === 0 ? [] : rows).flatMap(([label, parts]) =>
      labelled(label, parts, labelColumns, style.columns),
    ),
    ...noticeLines(summary, style),
    ...errorLines(summary, style),
    ...endLines(summary, style),
  ]
}

function headLine({ model, parallelism, state }: RunSummary, { t, glyphs, job }: SummaryStyle): Line {
  const { processes, threads, inFlight, total } = parallelism
  const isGood = state === 'done'
  const ink = isGood ? 'ok' : state === 'failed' ? 'failed' : 'attention'
  const mark = isGood ? glyphs.ok : glyphs.failed
  return [
    span(`${mark} ${t(`state.${state}`)}`, ink),
    DOT,
    span(nameOf(job), 'strong'),
    ...(job.manner === 'dryRun' ? [DOT, span(t('summary.dryRun'), 'attention')] : []),
    DOT,
    span(`${model} ${processes} × ${threads} × ${inFlight} = ${total}`, 'dim'),
  ]
}

function taskParts({ tasks, state }: RunSummary, t: Translate): Line[] {
  if (tasks.total === 0 && state === 'done') return [[span(t('summary.noTasks'), 'attention')]]
  const parts: Line[] = [[span(t('summary.ok', { count: tasks.ok }), tasks.ok > 0 ? 'ok' : null)]]
  if (tasks.failed > 0) parts.push([span(t('summary.failed', { count: tasks.failed }), 'failed')])
  return [...parts, ...leftParts(tasks, t)]
}

function leftParts(tasks: TaskCounts, t: Translate): Line[] {
  const parts: Line[] = []
  if (tasks.quarantined > 0)
    parts.push([span(t('summary.quarantined', { count: tasks.quarantined }), 'failed')])
  if (tasks.skipped > 0) parts.push([span(t('summary.skipped', { count: tasks.skipped }))])
  if (tasks.remaining > 0) parts.push([span(t('summary.remaining', { count: tasks.remaining }), 'attention')])
  return [...parts, [span(t('summary.of', { count: tasks.total }), 'dim')]]
}

const RECORD_WORDS = {
  work: { ok: 'summary.loaded', failed: 'summary.rejected' },
  verify: { ok: 'summary.same', failed: 'summary.differing' },
  dryRun: { ok: 'summary.loadable', failed: 'summary.rejected' },
} as const

function recordParts({ tasks, state }: RunSummary, { t, job }: SummaryStyle): Line[] {
  if (tasks.total === 0 && state === 'done') return [[span(t('summary.noTasks'), 'attention')]]
  const words = RECORD_WORDS[job.manner]
  const parts: Line[] = [[span(t(words.ok, { count: tasks.ok }), tasks.ok > 0 ? 'ok' : null)]]
  if (tasks.failed > 0) parts.push([span(t(words.failed, { count: tasks.failed }), 'failed')])
  return [...parts, ...leftParts(tasks, t)]
}

const latencyParts = ({ latencyMs }: RunSummary): Line[] =>
  (['p50', 'p95', 'p99', 'max'] as const).map(name => {
    const value = latencyMs[name]
    return [span(`${name} `, 'dim'), span(value === null ? '–' : milliseconds(value))]
  })

function byteParts(summary: RunSummary, t: Translate): Line[] {
  const { bytes: counts } = summary
  const parts: Line[] = [[span(t('summary.bytesRead', { size: bytes(counts.read) }))]]
  if (summary.kind === 'cpu') return parts
  if (summary.kind === 'load') {
    return counts.wire > 0 ? [...parts, [span(t('summary.bytesSent', { size: bytes(counts.wire) }))]] : parts
  }
  return [
    ...parts,
    [span(t('summary.bytesWire', { size: bytes(counts.wire) }))],
    [span(t('summary.bytesBody', { size: bytes(counts.body) }))],
    [span(t('summary.requests', { count: summary.requests }))],
    ...(summary.retries > 0 ? [[span(t('progress.retries', { count: summary.retries }), 'attention')]] : []),
  ] satisfies Line[]
}

const costParts = ({ cpuSec, peakRssBytes }: RunSummary, t: Translate): Line[] => [
  [span(t('summary.cpuSeconds', { seconds: significant(cpuSec) }))],
  [span(t('summary.peak', { size: bytes(peakRssBytes) }))],
]

function resultRows(summary: RunSummary, { t, job }: SummaryStyle): [label: string, parts: Line[]][] {
  if (summary.kind !== 'load') return [[t('summary.results'), resultParts(summary, t)]]
  if (job.manner !== 'work') return []
  const rejects = summary.load?.rejects ?? null
  return [
    ...(job.destination === null
      ? []
      : [[t('summary.destination'), [[span(job.destination, 'accent')]]] satisfies [string, Line[]]]),
    ...(rejects === null
      ? []
      : [[t('summary.rejects'), [[span(printable(rejects), 'attention')]]] satisfies [string, Line[]]]),
  ]
}

function resultParts({ out, runId }: RunSummary, t: Translate): Line[] {
  const files = out.filter(path => path !== '-')
  if (files.length > 0) return files.map((path): Line => [span(path, 'accent')])
  return out.length > 0 ? [[span('stdout')]] : [[span(t('summary.keptWithRun', { run: runId }))]]
}

function labelled(label: string, parts: readonly Line[], labelColumns: number, columns: number): Line[] {
  const lines = flow(parts, DOT, Math.max(10, columns - labelColumns - 2))
  return lines.map((line, at) => [
    span('  '),
    span(padEnd(at === 0 ? label : '', labelColumns), 'dim'),
    ...line,
  ])
}

function noticeLines({ notices = [] }: RunSummary, { columns }: Style): Line[] {
  if (notices.length === 0) return []
  const lines = notices.flatMap(notice => wrap(`! ${notice}`, columns - 2))
  return [[], ...lines.map((line): Line => [span(`  ${line}`, 'attention')])]
}

/** The most frequent first: how often, what it is, one example, what to do. */
function errorLines({ errors }: RunSummary, { columns, t, glyphs }: Style): Line[] {
  if (errors.length === 0) return []
  const countColumns = Math.max(...errors.map(({ count }) => groupDigits(count).length))
  const room = Math.max(10, columns - countColumns - 5)
  const lines = errors.flatMap(({ code, count, sample }): Line[] => {
    const indent = ' '.repeat(countColumns + 5)
    return [
      [
        span(`  ${glyphs.failed} ${padStart(groupDigits(count), countColumns)} `, 'failed'),
        span(`${code} `, 'strong'),
        span(t(`error.${code}`)),
      ],
      ...wrap(sample, room).map((text): Line => [span(indent + text, 'dim')]),
      ...wrap(t(`error.${code}.hint`), room).map((text): Line => [span(indent + text)]),
    ]
  })
  return [[], ...lines]
}

/** What a resume would meet again. */
const LASTING: readonly ErrorCode[] = ['E_CONFIG', 'E_NOT_A_FILE', 'E_NOT_RESUMABLE', 'E_SRC_CHANGED']

function endLines(
  { exit, state, runId, error }: RunSummary,
  { columns, t, isResumable }: SummaryStyle,
): Line[] {
  const lines: Line[] = []
  if (error !== null) {
    const text = `${error.code}: ${advised(error, t)}`
    lines.push([], ...wrap(text, columns).map((line): Line => [span(line, 'failed')]))
  }
  if (exit.code !== 0 && error === null) {
    const text = t('summary.exit', { code: String(exit.code), reason: exit.reason })
    lines.push([], ...wrap(text, columns).map((line): Line => [span(line)]))
  }
  const isUnfinished = state === 'stopped' || state === 'failed'
  if (isUnfinished && isResumable && (error === null || !LASTING.includes(error.code))) {
    lines.push([span(t('run.resumeHint', { run: runId }), 'accent')])
  }
  return lines
}
