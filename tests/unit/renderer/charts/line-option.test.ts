import { describe, expect, it } from 'vitest'

import { lineOption, tooltipText, type LineChartModel } from '../../../../renderer/charts/line-option.ts'
import type { ChartTheme } from '../../../../renderer/charts/theme.ts'

const colour = '#5bb4e5'
const theme: ChartTheme = {
  lines: {
    ok: colour,
    failed: '#ea746c',
    attention: colour,
    cpu: colour,
    wait: colour,
    neutral: colour,
    body: colour,
    connect: colour,
    accent: colour,
    kind1: colour,
    kind2: colour,
    kind3: colour,
    kind4: colour,
    kind5: colour,
  },
  text: '#fff',
  textDim: '#ccc',
  textFaint: '#999',
  line: '#333',
  surface: '#111',
  floating: '#222',
  font: 'sans-serif',
}
const points = Float64Array.from([0, 1, 200, 2])
const model: LineChartModel = {
  series: [{ name: 'p95', tone: 'wait', points }],
  markers: [
    { atMs: 100, label: 'worker 2 died', tone: 'failed' },
    { atMs: 9_000, label: 'not in view', tone: 'accent' },
  ],
  unit: 'ms',
  fromMs: 0,
  toMs: 200,
  widthPx: 600,
}

describe('the option of a line chart', () => {
  it('writes its tooltip as text and moves nothing', () => {
    expect(lineOption(model, theme)).toMatchObject({
      animation: false,
      tooltip: { renderMode: 'richText', transitionDuration: 0 },
      xAxis: { min: 0, max: 200 },
    })
  })

  it('shows a point that is the only one', () => {
    const shownOf = (values: number[]): unknown => {
      const one = { ...model, series: [{ ...model.series[0]!, points: Float64Array.from(values) }] }
      return (lineOption(one, theme)['series'] as { showSymbol: boolean }[])[0]!.showSymbol
    }
    expect([shownOf([0, NaN, 200, 3]), shownOf([0, 1, 200, 3]), shownOf([])]).toEqual([true, false, false])
  })

  it('names its lines at their ends, or leaves that to a legend and has more room', () => {
    const shownOf = (hasNames: boolean) => {
      const { grid, series } = lineOption({ ...model, hasNames }, theme) as {
        grid: { right: number }
        series: { endLabel?: object }[]
      }
      return [grid.right, series[0]!.endLabel === undefined]
    }
    expect([shownOf(true), shownOf(false)]).toEqual([
      [76, false],
      [16, true],
    ])
  })

  it('draws dashes as given, else those of a phase', () => {
    const typeOf = (change: Partial<LineChartModel['series'][number]>) => {
      const one = { ...model, series: [{ ...model.series[0]!, ...change }] }
      return (lineOption(one, theme)['series'] as { lineStyle: { type: unknown } }[])[0]!.lineStyle.type
    }
    expect([typeOf({}), typeOf({ tone: 'connect' }), typeOf({ dash: [8, 3] }), typeOf({ dash: [] })]).toEqual(
      [...['solid', 'dashed', [8, 3], 'solid']],
    )
  })

  it('leaves the points to their owner', () => {
    const [line] = lineOption(model, theme)['series'] as { data: Float64Array }[]
    expect(line!.data).toEqual(points)
    expect(line!.data.buffer).not.toBe(points.buffer)
  })

  it('marks what is in view, with a sign that tells a failure without its colour', () => {
    const [line] = lineOption(model, theme)['series'] as {
      markLine: { data: { xAxis: number; label: { formatter: string } }[] }
    }[]
    expect(line!.markLine.data.map(({ xAxis, label }) => [xAxis, label.formatter])).toEqual([
      [100, '✕ worker 2 died'],
    ])
  })
})

describe('the tooltip', () => {
  it('tells the time and each value, and nothing where there is none', () => {
    const series = [
      ...model.series,
      { name: 'gap', tone: 'wait', points: Float64Array.from([0, Number.NaN]) },
    ] as const
    expect(tooltipText(series, 'ms', 200)).toBe('0:00\np95  2.00 ms')
  })

  it('takes the braces of rich text out of names', () => {
    expect(tooltipText([{ name: '{a|b}', tone: 'ok', points }], '', 0)).toBe('0:00\n a b   1.00')
  })
})
