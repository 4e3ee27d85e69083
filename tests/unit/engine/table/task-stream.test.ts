import { describe, expect, it } from 'vitest'
import { CPU_LAYOUT, positionsOf } from '../../../../shared/model/record-layout.ts'
import { STREAM_SPAN, STREAM_SPAN_WIDTH } from '../../../../shared/model/task-stream.ts'
import { cpuJob } from '../../../support/records/run.ts'
import { TaskRun, TestTables } from '../../../support/table/task-run.ts'

const question = { runId: 'run-1', fromMs: 0, toMs: 1_000, firstLane: 0, lanes: 10, bins: 16, spans: 100 }
const column = (spans: Float64Array | null, name: keyof typeof STREAM_SPAN): number[] =>
  Array.from(
    { length: (spans ?? []).length / STREAM_SPAN_WIDTH },
    (_, at) => spans![at * STREAM_SPAN_WIDTH + STREAM_SPAN[name]]!,
  )

describe('TableService.stream', () => {
  it('tells the lanes of a crawl and follows it', async () => {
    const run = TaskRun.create()
    const phases = { waitMs: 9, connectMs: 5, ttfbMs: 20, downloadMs: 15 }
    await run.settle([
      { index: 0, worker: 1, lane: 0, startedAtMs: 10, totalMs: 40, ...phases },
      { index: 1, worker: 1, lane: 1, startedAtMs: 20, totalMs: 40, ...phases },
    ])
    const tables = new TestTables(run.dataDir)
    const { lanes, spans, gap, endMs } = await tables.service.stream(question)
    expect({ lanes: [...lanes], gap, endMs }).toEqual({ lanes: [1, 0, 1, 1], gap: null, endMs: 60 })
    expect(column(spans, 'index')).toEqual([0, 1])
    expect(column(spans, 'firstByteMs')).toEqual([20, 20])

    await run.settle([{ index: 2, worker: 1, lane: 0, startedAtMs: 50, totalMs: 5, outcome: 'failed' }])
    tables.tick()
    const later = await tables.service.stream(question)
    expect({ spanCount: later.spanCount, index: column(later.spans, 'index') }).toEqual({
      spanCount: 3,
      index: [0, 2, 1],
    })
  })

  it('takes the last try of a task for what its phases add up to', async () => {
    const run = TaskRun.create()
    const phases = { waitMs: 1, connectMs: 0, ttfbMs: 20, downloadMs: 9 }
    await run.settle([{ index: 0, startedAtMs: 100, totalMs: 400, attempts: 2, ...phases }])
    const { spans } = await new TestTables(run.dataDir).service.stream(question)
    expect([...column(spans, 'startMs'), ...column(spans, 'endMs')]).toEqual([470, 500])
  })

  it('tells what kernels computed and waited', async () => {
    const run = TaskRun.create({ job: cpuJob() }, CPU_LAYOUT)
    const { numbers } = positionsOf(CPU_LAYOUT)
    const row = new Float64Array(CPU_LAYOUT.numbers.length)
    row[numbers.totalMs] = 10
    row[numbers.cpuMs] = 4
    row[numbers.waitMs] = 6
    row[numbers.attempts] = 1
    await run.commit([{ numbers: row, strings: [null] }])
    const { spans } = await new TestTables(run.dataDir).service.stream(question)
    expect([...column(spans, 'cpuMs'), ...column(spans, 'firstByteMs')]).toEqual([4, 6])
  })
})
