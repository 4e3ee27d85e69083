import { clock, milliseconds, percent, perSecond } from '../../../shared/locales/format.ts'
import type { Translate } from '../../../shared/locales/translate.ts'
import type { PhaseTimes, RunState, RunTick } from '../../../shared/model/run.ts'
import { progressBar, sparkline, stackedBar, type Glyphs, type Share } from '../terminal/bars.ts'
import { flow, onOneLine } from '../terminal/flow.ts'
import { cutLine, joinFitting, justify, lineWidth, span, type Line } from '../terminal/line.ts'
import type { Ink } from '../terminal/paint.ts'
import type { TerminalSize } from '../terminal/size.ts'
import { padEnd, widthOf } from '../terminal/width.ts'
import { failureLines } from './frame-failures.ts'
import { workerLines } from './frame-workers.ts'
import type { ProgressView } from './view.ts'
import {
  bytesText,
  doneText,
  etaText,
  failedTasks,
  failedText,
  inFlightText,
  nameOf,
  parallelismText,
  progressRatio,
  recordTexts,
  waitingText,
} from './words.ts'

export interface FrameStyle {
  readonly t: Translate
  readonly glyphs: Glyphs
}

/** Below this, numbers flow into lines of their own instead of standing beside labels. */
const NARROW_COLUMNS = 60
const SHORTEST_BAR = 16
const LONGEST_BAR = 80
const DOT = span(' · ', 'dim')
const GAP = span('   ')

/** @returns The frame that a run shows now, within the terminal's size; the last lines give way first. */
export function drawFrame(view: ProgressView, size: TerminalSize, style: FrameStyle): Line[] {
  const { columns } = size
  const rows = Math.max(1, size.rows - 1)
  const tick = view.tick
  if (tick === null) return headerLines(view, columns, style).slice(0, rows)
  const isNarrow = columns < NARROW_COLUMNS
  const top = [
    ...headerLines(view, columns, style),
    ...progressLines(view, tick, columns, style),
    ...waitingLines(view, columns, style),
    ...(isNarrow ? narrowNumbers(tick, columns, style) : labelledNumbers(view, tick, columns, style)),
  ]
  const spacer: Line[] = rows >= top.length + 6 ? [[]] : []
  const left = Math.max(0, rows - top.length - 2 * spacer.length)
  const failures = failureLines(view, columns, Math.min(4, Math.ceil(left / 3)), style)
  const workers = workerLines(tick.workers, columns, left - failures.length, style)
  return [
    ...top,
    ...(workers.length > 0 ? [...spacer, ...workers] : []),
    ...(failures.length > 0 ? [...spacer, ...failures] : []),
  ].slice(0, rows)
}

const STATE_INKS: Readonly<Record<RunState, Ink>> = {
  planned: 'dim',
  running: 'accent',
  paused: 'attention',
  draining: 'attention',
  stopped: 'attention',
  finishing: 'accent',
  done: 'ok',
  failed: 'failed',
}

function headerLines(view: ProgressView, columns: number, { t }: FrameStyle): Line[] {
  const state = [
    span(t(`state.${view.state}`), STATE_INKS[view.state]),
    span(` ${clock(view.tick?.elapsedMs ?? 0)}`),
  ]
  const kind: Line = [span(nameOf(view.job), 'strong')]
  const title: Line = [span(view.job.title)]
  const parallelism: Line[] =
    view.parallelism === null ? [] : [[span(parallelismText(view.parallelism), 'dim')]]
  const left = onOneLine([kind, title, ...parallelism], DOT, columns - lineWidth(state) - 2)
  if (left !== null) return [justify(left, state, columns)]
  const parts = [title, ...parallelism].filter(part => lineWidth(part) <= columns)
  return [justify(joinFitting([kind, title], DOT, columns - lineWidth(state) - 2), state, columns)].concat(
    columns < NARROW_COLUMNS ? flow(parts, DOT, columns) : [],
  )
}

function progressLines(
  view: ProgressView,
  tick: RunTick,
  columns: number,
  { t, glyphs }: FrameStyle,
): Line[] {
  const parts = progressParts(view, tick, columns < NARROW_COLUMNS ? 'narrow' : 'wide', t)
  const ratio = progressRatio(tick)
  if (ratio === null) return flow(parts, DOT, columns)
  const ink = view.state === 'running' ? 'accent' : STATE_INKS[view.state]
  const text = onOneLine(parts, DOT, columns - SHORTEST_BAR - 2)
  if (text === null) return [progressBar(ratio, columns, glyphs, ink), ...flow(parts, DOT, columns)]
  const width = Math.min(LONGEST_BAR, columns - lineWidth(text) - 2)
  return [[...progressBar(ratio, width, glyphs, ink), span('  '), ...text]]
}

/** Says why nothing goes on, for as long as that lasts. */
function waitingLines(view: ProgressView, columns: number, { t }: FrameStyle): Line[] {
  if (view.waitingFor === null) return []
  return [cutLine([span(waitingText(view, t), 'attention')], columns)]
}

function progressParts({ job }: ProgressView, tick: RunTick, room: 'wide' | 'narrow', t: Translate): Line[] {
  const parts: Line[] = [[span(doneText(tick, t, room), 'strong')]]
  const ratio = progressRatio(tick)
  if (ratio !== null) parts.push([span(percent(ratio))])
  if (failedTasks(tick) > 0) parts.push([span(failedText(tick, job, t), 'failed')])
  if (tick.tasks.skipped > 0) parts.push([span(t('progress.skipped', { count: tick.tasks.skipped }), 'dim')])
  const eta = etaText(tick, t)
  if (eta !== null) parts.push([span(eta)])
  return parts
}

function narrowNumbers(tick: RunTick, columns: number, { t }: FrameStyle): Line[] {
  const parts: Line[] = [[span(perSecond(tick.throughput.nowPerSec))], ...textParts(recordTexts(tick, t))]
  if (tick.latencyMs.p95 !== null) parts.push([span('p95 ', 'dim'), span(milliseconds(tick.latencyMs.p95))])
  parts.push([span(inFlightText(tick, t))])
  return flow(parts, DOT, columns)
}

function labelledNumbers(view: ProgressView, tick: RunTick, columns: number, style: FrameStyle): Line[] {
  const { t, glyphs } = style
  const labels = {
    throughput: t('progress.throughput'),
    latency: t('progress.latency'),
    inFlight: t('progress.inFlight'),
    time: t('progress.time'),
    records: t('summary.records'),
    bytes: t('summary.bytes'),
  }
  const labelColumns = Math.max(...Object.values(labels).map(widthOf)) + 3
  const room = columns - labelColumns
  const lines: Line[] = []
  const put = (label: string, value: Line) =>
    lines.push(cutLine([span(padEnd(label, labelColumns), 'dim'), ...value], columns))

  put(labels.throughput, throughputLine(view, tick, room, style))
  if (tick.load !== null) {
    put(labels.records, joinFitting(textParts(recordTexts(tick, t)), GAP, room))
    put(labels.bytes, [span(bytesText(tick, t))])
  }
  if (tick.load === null || tick.latencyMs.max !== null) put(labels.latency, latencyLine(tick, room))
  put(labels.inFlight, inFlightLine(tick, room, t))
  // Records wait together, in batches: their times do not add up to anything.
  const time = tick.load === null ? timeLine(tick.phases, room, t, glyphs) : null
  if (time !== null) put(labels.time, time)
  return lines
}

const textParts = (texts: readonly string[]): Line[] => texts.map((text): Line => [span(text)])

function throughputLine(view: ProgressView, tick: RunTick, room: number, { t, glyphs }: FrameStyle): Line {
  const now: Line = [span(padEnd(perSecond(tick.throughput.nowPerSec), 10), 'strong')]
  const average: Line = [
    span(padEnd(t('progress.average', { value: perSecond(tick.throughput.averagePerSec) }), 18), 'dim'),
  ]
  const numbers = joinFitting([now, average], GAP, room)
  const spark = sparkline(view.history, Math.min(60, room - lineWidth(numbers) - 3), glyphs)
  return spark.length < 2 ? numbers : [...numbers, GAP, span(spark, 'accent')]
}

function latencyLine(tick: RunTick, room: number): Line {
  const parts = (['p50', 'p95', 'p99', 'max'] as const).map((name): Line => {
    const value = tick.latencyMs[name]
    return [span(`${name} `, 'dim'), span(padEnd(value === null ? '–' : milliseconds(value), 8))]
  })
  return joinFitting(parts, GAP, room)
}

function inFlightLine(tick: RunTick, room: number, t: Translate): Line {
  const parts: Line[] = [[span(inFlightText(tick, t))]]
  if (tick.load === null) parts.push([span(t('progress.waiting', { count: tick.waiting }), 'dim')])
  if (tick.retries > 0) parts.push([span(t('progress.retries', { count: tick.retries }), 'attention')])
  return joinFitting(parts, GAP, room)
}

const BAR_COLUMNS = 24

/** Where the settled tasks spent their time, the largest part first; nothing before the first. */
function timeLine(phases: PhaseTimes, room: number, t: Translate, glyphs: Glyphs): Line | null {
  const shares: Share[] = [
    { kind: 'cpu', amount: phases.cpuMs },
    { kind: 'body', amount: phases.bodyMs },
    { kind: 'server', amount: phases.firstByteMs },
    { kind: 'connect', amount: phases.connectMs },
    { kind: 'queue', amount: phases.queueMs },
  ]
  const total = shares.reduce((sum, { amount }) => sum + amount, 0)
  if (total <= 0) return null
  const named = shares
    .filter(({ amount }) => amount / total >= 0.005)
    .sort((a, b) => b.amount - a.amount)
    .map(({ kind, amount }): Line => [
      span(`${t(phaseKey(kind))} `, 'dim'),
      span(percent(amount / total), kind === 'queue' ? null : kind),
    ])
  return joinFitting([stackedBar(shares, Math.min(BAR_COLUMNS, room), glyphs), ...named], GAP, room)
}

const phaseKey = (kind: Share['kind']) => (kind === 'server' ? 'phase.firstByte' : (`phase.${kind}` as const))
