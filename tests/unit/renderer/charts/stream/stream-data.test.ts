import { describe, expect, it } from 'vitest'

import { streamLayout } from '../../../../../renderer/charts/stream/layout.ts'
import {
  binAt,
  isEnough,
  neighbour,
  questionFor,
  spanFacts,
  spanNear,
} from '../../../../../renderer/charts/stream/stream-data.ts'
import { streamSvg } from '../../../../../renderer/charts/stream/svg.ts'
import type { ChartTheme } from '../../../../../renderer/charts/theme.ts'
import { OUTCOME } from '../../../../../shared/model/outcome.ts'
import { LaneIndex } from '../../../../../shared/stream/lane-index.ts'
import { streamWindow } from '../../../../../shared/stream/stream-window.ts'
import { spanColumns } from '../../../../support/stream/spans.ts'

const columns = spanColumns()
columns.push(
  { lane: 0, startedAtMs: 0, totalMs: 100, connectMs: 10, firstByteMs: 60, bodyMs: 20 },
  { lane: 0, startedAtMs: 150, totalMs: 100, firstByteMs: 100, outcome: OUTCOME.failed },
  { lane: 1, startedAtMs: 40, totalMs: 20, firstByteMs: 20 },
)
const index = new LaneIndex(columns)
index.extend()
const question = { fromMs: 0, toMs: 400, firstLane: 0, lanes: 8, bins: 64, spans: 100 }
const spans = streamWindow(index, question)
const bins = streamWindow(index, { ...question, spans: 0 })
const layout = streamLayout({
  ...{ widthPx: 1_000, heightPx: 200, gutterPx: 100, hasMarkers: false, hasLoop: false, rows: 2 },
})

describe('stream data', () => {
  it('tells what is pointed at, or near enough', () => {
    expect(spanNear(spans, 0, 50, 5)).toBe(0)
    expect(spanNear(spans, 0, 148, 5)).toBe(1)
    expect(spanNear(spans, 0, 125, 5)).toBe(-1)
    expect(spanFacts(spans, 0)).toMatchObject({
      ...{ row: 0, worker: 0, lane: 0, index: 0, hasFailed: false, startMs: 0, endMs: 100 },
      phases: { cpu: 0, connect: 10, firstByte: 60, body: 20, other: 10 },
    })
  })

  it('goes from span to span of a lane', () => {
    expect([neighbour(spans, 0, 1), neighbour(spans, 1, 1), neighbour(spans, 0, -1)]).toEqual([1, -1, -1])
  })

  it('tells the shares of a bin', () => {
    const bin = binAt(bins, 0, 200)
    expect(bin).toMatchObject({ worker: 0, lane: 0, shares: { firstByte: 1, body: 0 } })
    expect(binAt(bins, 0, 120)).toBeNull()
  })

  it('is enough as long as what is seen is in it, as fine as can be drawn', () => {
    const view = { fromMs: 100, toMs: 300, firstRow: 0 }
    const asked = questionFor(view, layout)
    expect(asked).toMatchObject({ fromMs: 0, toMs: 400, firstLane: 0 })
    expect(isEnough(streamWindow(index, asked), view, layout)).toBe(true)
    expect(isEnough(spans, { ...view, toMs: 250 }, layout)).toBe(true)
    expect(isEnough({ ...spans, toMs: 200 }, view, layout)).toBe(false)
    expect(isEnough(bins, { ...view, toMs: 110 }, layout)).toBe(false)
  })
})

describe('streamSvg', () => {
  const theme = {
    lines: { cpu: '#f00', connect: '#0f0', wait: '#00f', body: '#0ff', failed: '#c00' },
    ...{ text: '#111', textDim: '#222', textFaint: '#333', line: '#444', surface: '#fff', font: 'sans' },
  } as unknown as ChartTheme
  const phases = {
    cpu: 'CPU',
    connect: 'connect',
    firstByte: 'wait',
    body: 'body',
    other: 'other',
    failed: 'failed',
  }
  const picture = {
    ...{ fromMs: 0, toMs: 400, isSpread: false, theme, markers: [], title: 'a & b' },
    words: { worker: (worker: number) => `worker ${worker}`, phases },
  }

  it('is a document of its own with a path for each phase', () => {
    const svg = streamSvg({ ...picture, data: spans })
    expect(svg).toContain('<title>a &amp; b</title>')
    expect(svg.match(/<path fill="[^"]+"/g)).toEqual(
      ['#0f0', '#00f', '#0ff', '#333', '#c00'].map(colour => `<path fill="${colour}"`),
    )
    expect(svg.match(/M\S+ \S+h/g)).toHaveLength(7)
  })

  it('has bins where there are too many spans', () => {
    expect(streamSvg({ ...picture, data: bins })).toContain('<path fill="#00f"')
  })
})
