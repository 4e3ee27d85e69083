import type { EChartsCoreOption } from 'echarts/core'

import * as format from '../../shared/locales/format.ts'
import {
  lastValue,
  nearestPoint,
  placeMarkers,
  timeStep,
  type ChartMarker,
  type LineSeries,
} from './chart-data.ts'
import type { ChartTheme, LineTone } from './theme.ts'

/** What a line chart shows; everything but the theme and the width comes from its owner. */
export interface LineChartModel {
  readonly series: readonly LineSeries[]
  readonly markers: readonly ChartMarker[]
  readonly unit: string
  readonly fromMs: number
  readonly toMs: number
  readonly widthPx: number
  readonly heightPx?: number | undefined
  /** False where the chart beneath has the times of both. */
  readonly hasTimes?: boolean | undefined
  /** False where a legend names the lines. */
  readonly hasNames?: boolean | undefined
}

/** Charts that stand above each other have their time axes at the same place. */
const LEFT_PX = 48
const RIGHT_PX = 76
/** Of a chart that stands alone and whose lines are named elsewhere. */
const RIGHT_WITHOUT_NAMES_PX = 16
const TOP_PX = 24
const BOTTOM_PX = 22
/** Beneath a chart whose times stand elsewhere: half of the lowest figure. */
const BOTTOM_WITHOUT_TIMES_PX = 8
/** Lower charts have room for fewer figures on their axis. */
const LOW_PX = 110
const LABEL_PX = 72
const LETTER_PX = 6.6
const WIDE_LETTER_PX = 12

/** @returns The whole option: it replaces what was shown before. */
export function lineOption(model: LineChartModel, theme: ChartTheme): EChartsCoreOption {
  const { fromMs, toMs, widthPx, heightPx = Infinity, hasTimes = true, hasNames = true, series } = model
  const rightPx = hasNames ? RIGHT_PX : RIGHT_WITHOUT_NAMES_PX
  const font = { fontFamily: theme.font, fontSize: 12, color: theme.textDim }
  const plotPx = Math.max(1, widthPx - LEFT_PX - rightPx)
  return {
    animation: false,
    textStyle: font,
    grid: {
      left: LEFT_PX,
      right: rightPx,
      top: TOP_PX,
      bottom: hasTimes ? BOTTOM_PX : BOTTOM_WITHOUT_TIMES_PX,
    },
    tooltip: tooltip(model, theme),
    xAxis: {
      type: 'value',
      min: fromMs,
      max: Math.max(toMs, fromMs + 1),
      interval: timeStep(toMs - fromMs, Math.max(2, plotPx / LABEL_PX)),
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        ...font,
        color: theme.textFaint,
        show: hasTimes,
        showMaxLabel: false,
        formatter: (value: number) => format.clock(value),
      },
      axisPointer: { label: { show: false } },
    },
    yAxis: {
      type: 'value',
      min: 0,
      splitNumber: heightPx < LOW_PX ? 1 : 3,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...font, color: theme.textFaint, formatter: (value: number) => axisFigure(value) },
      splitLine: { lineStyle: { color: theme.line } },
      name: model.unit,
      nameGap: 8,
      nameTextStyle: { ...font, color: theme.textFaint, align: 'right', padding: [0, 8, 0, 0] },
    },
    series: series.map((one, index) => ({
      ...line(one, theme),
      ...(hasNames ? nameAtEnd(one, theme) : {}),
      ...(index === 0 ? markLines(model, plotPx, theme) : {}),
    })),
  }
}

function line({ name, tone, dash, points }: LineSeries, theme: ChartTheme): object {
  const color = theme.lines[tone]
  return {
    type: 'line',
    name,
    // The chart keeps and rewrites what it is given.
    data: points.slice(),
    dimensions: ['x', 'y'],
    // One point alone makes no line.
    showSymbol: isSinglePoint(points),
    symbolSize: 4,
    silent: true,
    sampling: 'lttb',
    connectNulls: false,
    lineStyle: { color, width: 1.5, type: dashOf(tone, dash) },
    itemStyle: { color },
  }
}

/** A dashed line is told from others without its colour. */
function dashOf(tone: LineTone, dash: LineSeries['dash']): string | number[] {
  if (dash === undefined) return tone === 'connect' ? 'dashed' : 'solid'
  return dash.length === 0 ? 'solid' : [...dash]
}

function nameAtEnd({ name, tone, points }: LineSeries, theme: ChartTheme): object {
  return {
    endLabel: {
      show: lastValue(points) !== undefined,
      formatter: name,
      color: wordColour(tone, theme),
      fontFamily: theme.font,
      fontSize: 12,
      distance: 6,
      width: RIGHT_PX - 10,
      overflow: 'truncate',
    },
    labelLayout: { moveOverlap: 'shiftY' },
  }
}

/** Whether only one value of `[x0, y0, x1, y1, …]` was measured. */
function isSinglePoint(points: LineSeries['points']): boolean {
  let values = 0
  for (let at = 1; at < points.length && values < 2; at += 2) if (!Number.isNaN(points[at])) values += 1
  return values === 1
}

/** The body's colour is too dark to be written with on a dark ground. */
const wordColour = (tone: LineTone, theme: ChartTheme): string =>
  tone === 'body' ? theme.textDim : theme.lines[tone]

function markLines({ markers, fromMs, toMs }: LineChartModel, plotPx: number, theme: ChartTheme): object {
  const pxPerMs = plotPx / Math.max(1, toMs - fromMs)
  const seen = markers.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
  return {
    markLine: {
      silent: true,
      z: 6,
      symbol: 'none',
      animation: false,
      data: placeMarkers(seen.map(signed), pxPerMs, textWidth).map(({ atMs, label, tone, isLabelled }) => ({
        xAxis: atMs,
        lineStyle: { color: theme.lines[tone], type: [3, 3], width: 1 },
        label: {
          show: isLabelled,
          formatter: label,
          position: 'end',
          color: wordColour(tone, theme),
          fontFamily: theme.font,
          fontSize: 12,
          distance: 4,
        },
      })),
    },
  }
}

/** A sign before the text: a failure is not told by its colour alone. */
const signed = (marker: ChartMarker): ChartMarker => ({
  ...marker,
  label: `${marker.tone === 'failed' ? '✕' : '▼'} ${marker.label}`,
})

/** Text, not markup: nothing that a run brought can become an element. */
function tooltip({ series, unit }: LineChartModel, theme: ChartTheme): object {
  return {
    trigger: 'axis',
    renderMode: 'richText',
    confine: true,
    transitionDuration: 0,
    backgroundColor: theme.floating,
    borderColor: theme.line,
    borderWidth: 1,
    padding: [6, 8],
    textStyle: { fontFamily: theme.font, fontSize: 12, lineHeight: 18, color: theme.text },
    axisPointer: {
      type: 'line',
      animation: false,
      snap: true,
      lineStyle: { color: theme.textFaint, type: 'solid' },
    },
    formatter: (shown: unknown) => tooltipText(series, unit, timeOf(shown)),
  }
}

/** @returns One line for the time, one for each series that has a value then. */
export function tooltipText(series: readonly LineSeries[], unit: string, atMs: number): string {
  const lines = series.flatMap(({ name, points }) => {
    const value = points[nearestPoint(points, atMs) * 2 + 1]
    if (value === undefined || Number.isNaN(value)) return []
    return `${plain(name)}  ${format.significant(value)}${unit === '' ? '' : ` ${unit}`}`
  })
  return [format.clock(atMs), ...lines].join('\n')
}

/** Braces begin a style in rich text. */
const plain = (text: string): string => text.replace(/[{}|]/g, ' ')

function timeOf(shown: unknown): number {
  const [first] = shown as readonly { readonly axisValue?: number | string }[]
  return Number(first?.axisValue ?? Number.NaN)
}

/** @returns `1.5k`, `0.25`, `120`: marks of an axis are round already. */
function axisFigure(value: number): string {
  return Math.abs(value) >= 10_000
    ? format.compact(value).replace(/\.0+(?=\D)/, '')
    : String(Number(value.toFixed(3)))
}

const textWidth = (label: string): number =>
  [...label].reduce((width, letter) => width + (letter > '⺀' ? WIDE_LETTER_PX : LETTER_PX), 0)
