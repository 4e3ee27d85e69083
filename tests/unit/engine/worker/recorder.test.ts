import { describe, expect, it } from 'vitest'
import type { SegmentWriter } from '../../../../engine/journal/segment-writer.ts'
import { Lane } from '../../../../engine/worker/lane.ts'
import { Recorder } from '../../../../engine/worker/recorder.ts'
import { COUNTER, COUNTERS } from '../../../../shared/model/counters.ts'
import { HISTOGRAMS, Histogram } from '../../../../shared/model/histogram.ts'
import { OUTCOME } from '../../../../shared/model/outcome.ts'
import {
  COMMON_COLUMN,
  CPU_LAYOUT,
  CRAWL_LAYOUT,
  positionsOf,
  type RecordLayout,
} from '../../../../shared/model/record-layout.ts'
import { SPAN_WIDTH } from '../../../../shared/model/span.ts'

function setUp(layout: RecordLayout = CPU_LAYOUT): { recorder: Recorder; rows: number[][]; lane: Lane } {
  const rows: number[][] = []
  const segment = {
    append: (numbers: Float64Array) => rows.push([...numbers.subarray(0, 10)]),
  } as unknown as SegmentWriter
  const lane = new Lane(4, layout, () => undefined)
  lane.reset()
  return { recorder: new Recorder(segment, 1_000, 3), rows, lane }
}

/** A task that waited 5 ms, started at 1,010 and took two attempts. */
function run(lane: Lane, index: number): void {
  lane.reset()
  lane.index = index
  lane.input = `http://a/${index}`
  lane.attempt = 2
  lane.firstStartedAtMs = 1_010
  lane.queuedAtMs = 1_045
  lane.startedAtMs = 1_050
}

const countersOf = (counters: Float64Array): Record<string, number> =>
  Object.fromEntries(COUNTERS.flatMap((name, at) => (counters[at] === 0 ? [] : [[name, counters[at]!]])))

const sampleOf = ({ buckets, maxMs }: { buckets: Uint32Array; maxMs: number }): number | undefined => {
  const histogram = new Histogram()
  histogram.merge(buckets, maxMs)
  return histogram.percentile(1)
}

describe('Recorder', () => {
  it('writes one record a task, with the columns that every kind shares', () => {
    const { recorder, rows, lane } = setUp()
    run(lane, 7)
    lane.settleOk()
    recorder.record(lane, 1_100, true)
    const { index, startedAtMs, totalMs, outcome, error, attempts, worker, lane: laneColumn } = COMMON_COLUMN
    const columns = [index, startedAtMs, totalMs, outcome, error, attempts, worker, laneColumn]
    expect(rows.map(row => columns.map(at => row[at]))).toEqual([[7, 10, 90, OUTCOME.ok, NaN, 2, 3, 4]])
  })

  it('measures latency over all attempts, and queue and phases of the last one', () => {
    const { recorder, lane } = setUp()
    run(lane, 7)
    lane.connectEndMs = 1_060
    lane.firstByteMs = 1_080
    lane.bodyEndMs = 1_083
    lane.cpuMs = 2
    lane.settleOk()
    recorder.record(lane, 1_100, true)
    const { counters, histograms } = recorder.take()
    expect(HISTOGRAMS.map((name, at) => [name, sampleOf(histograms[at]!)])).toEqual([
      ['latency', 90],
      ['queue', 5],
      ['connect', 10],
      ['firstByte', 20],
      ['body', 3],
    ])
    expect(countersOf(counters)).toEqual({ ok: 1, queueMs: 5, cpuMs: 2 })
  })

  it('leaves out phases that did not happen', () => {
    const { recorder, lane } = setUp()
    run(lane, 7)
    lane.firstByteMs = 1_080
    lane.settleOk()
    recorder.record(lane, 1_100, true)
    const { histograms } = recorder.take()
    expect(histograms.map(sampleOf)).toEqual([90, 5, undefined, 30, undefined])
  })

  it('keeps spans in milliseconds since the run began', () => {
    const { recorder, lane } = setUp()
    run(lane, 7)
    lane.firstByteMs = 1_080
    lane.cpuMs = 2
    lane.settleOk()
    recorder.record(lane, 1_100, true)
    expect([...recorder.take().spans]).toEqual([7, 4, OUTCOME.ok, 50, NaN, 80, NaN, 2, 100])
  })

  it('counts spans beyond the first of a report instead of keeping them', () => {
    const { recorder, lane } = setUp()
    for (let index = 0; index < 300; index += 1) {
      run(lane, index)
      lane.settleOk()
      recorder.record(lane, 1_100, true)
    }
    const { spans, counters } = recorder.take()
    expect([spans.length, spans[255 * SPAN_WIDTH]]).toEqual([256 * SPAN_WIDTH, 255])
    expect(counters[COUNTER.spansDropped]).toBe(44)
  })

  it('groups failures by code and samples them; skipped tasks are none', () => {
    const { recorder, lane } = setUp()
    const settle = (index: number, how: () => void): void => {
      run(lane, index)
      how()
      recorder.record(lane, 1_100, true)
    }
    settle(1, () => lane.settleFailed('E_CONNECT', 'refused', true))
    settle(2, () => lane.settleFailed('E_CONNECT', 'reset', true))
    settle(3, () => lane.settleSkipped('E_ROBOTS', 'not allowed'))
    lane.input = ''
    settle(4, () => lane.refuse(OUTCOME.quarantined, 'E_QUARANTINED', 'it kills'))
    const { counters, errors, failures, failuresOmitted } = recorder.take()
    expect(countersOf(counters)).toMatchObject({ failed: 2, skipped: 1, quarantined: 1 })
    expect(errors).toEqual([
      { code: 'E_CONNECT', count: 2, sample: 'refused' },
      { code: 'E_QUARANTINED', count: 1, sample: 'it kills' },
    ])
    expect(failures).toEqual([
      {
        index: 1,
        outcome: 'failed',
        code: 'E_CONNECT',
        message: 'refused',
        retryable: true,
        input: 'http://a/1',
      },
      {
        index: 2,
        outcome: 'failed',
        code: 'E_CONNECT',
        message: 'reset',
        retryable: true,
        input: 'http://a/2',
      },
      {
        index: 4,
        outcome: 'quarantined',
        code: 'E_QUARANTINED',
        message: 'it kills',
        retryable: false,
        input: 'http://a/4',
      },
    ])
    expect(failuresOmitted).toBe(0)
  })

  it('tells unwanted statuses apart', () => {
    const { recorder, lane } = setUp(CRAWL_LAYOUT)
    const { status: column } = positionsOf(CRAWL_LAYOUT).numbers
    for (const [index, status] of [404, 410, 429, 503, 304].entries()) {
      run(lane, index)
      lane.numbers[column] = status
      lane.settleFailed('E_HTTP_STATUS', `${status}`, false)
      recorder.record(lane, 1_100, true)
    }
    const statuses = { '4xx': 2, '429': 1, '5xx': 1 }
    expect(recorder.take().errors).toEqual([{ code: 'E_HTTP_STATUS', count: 5, sample: '404', statuses }])
    expect(recorder.take().errors).toEqual([])
  })

  it('bounds the failures it samples, and counts the others', () => {
    const { recorder, lane } = setUp()
    for (let index = 0; index < 60; index += 1) {
      run(lane, index)
      lane.settleFailed('E_DNS', 'no such host', false)
      recorder.record(lane, 1_100, true)
    }
    const { errors, failures, failuresOmitted } = recorder.take()
    expect([errors[0]?.count, failures.length, failuresOmitted]).toEqual([60, 50, 10])
  })

  it('measures nothing of a task that was never started, and counts no attempt', () => {
    const { recorder, rows, lane } = setUp()
    run(lane, 7)
    lane.attempt = 1
    lane.refuse(OUTCOME.skipped, 'E_DUPLICATE', 'seen on line 1')
    recorder.record(lane, 1_100, false)
    const { counters, histograms, spans } = recorder.take()
    expect([rows[0]![COMMON_COLUMN.attempts], rows[0]![COMMON_COLUMN.totalMs]]).toEqual([0, 0])
    expect(countersOf(counters)).toEqual({ skipped: 1 })
    expect([spans.length, histograms.every(({ buckets }) => buckets.length === 0)]).toEqual([0, true])
  })

  it('starts afresh after each report', () => {
    const { recorder, lane } = setUp()
    run(lane, 1)
    lane.settleFailed('E_DNS', 'no such host', false)
    recorder.record(lane, 1_100, true)
    recorder.counters[COUNTER.requests]! += 1
    recorder.take()
    expect(recorder.take()).toMatchObject({
      counters: new Float64Array(COUNTERS.length),
      spans: new Float64Array(),
      errors: [],
      failures: [],
      failuresOmitted: 0,
    })
  })

  it('takes tasks that settle together as one span, and their latency for each of them', () => {
    const { recorder, lane } = setUp()
    run(lane, 7)
    lane.startedAtMs = 1_010
    lane.cpuMs = 4
    recorder.measureBatch(lane, { tasks: 50, outcome: OUTCOME.ok, queueMs: 2, endedAtMs: 1_100 })
    const { counters, histograms, spans } = recorder.take()
    const [latency, queue] = histograms.map(({ buckets, maxMs }) => [buckets[1], maxMs])
    expect([latency, queue]).toEqual([
      [50, 90],
      [50, 2],
    ])
    expect(countersOf(counters)).toEqual({ queueMs: 100, cpuMs: 4 })
    expect([...spans]).toEqual([7, 4, OUTCOME.ok, 10, NaN, NaN, NaN, 4, 100])
  })

  it('writes and counts the record of a task whose times it takes in elsewhere', () => {
    const { recorder, rows, lane } = setUp()
    run(lane, 7)
    lane.refuse(OUTCOME.failed, 'E_DEST_DATA', 'WRONGTYPE')
    recorder.append(lane, 1_100, true)
    const { counters, histograms, spans, failures } = recorder.take()
    expect([rows.length, rows[0]![COMMON_COLUMN.totalMs], spans.length, failures.length]).toEqual([
      1, 90, 0, 1,
    ])
    expect(countersOf(counters)).toEqual({ failed: 1 })
    expect(histograms.map(sampleOf)).toEqual([undefined, undefined, undefined, undefined, undefined])
  })
})
