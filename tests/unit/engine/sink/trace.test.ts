import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TaskRun, TestTables, type TaskRecord } from '../../../support/table/task-run.ts'
import { cpuJob, crawlJob } from '../../../support/records/run.ts'
import { CPU_LAYOUT, LOAD_LAYOUT, positionsOf } from '../../../../shared/model/record-layout.ts'
import { loadJob } from '../../../support/records/load.ts'

interface TraceEvent {
  readonly ph: string
  readonly name: string
  readonly pid: number
  readonly tid?: number
  readonly ts?: number
  readonly dur?: number
  readonly args?: Readonly<Record<string, unknown>>
}

async function traceOf(run: TaskRun, window?: { fromMs: number; toMs: number }): Promise<TraceEvent[]> {
  const path = join(run.dataDir, 'run.trace.json')
  const { service } = new TestTables(run.dataDir)
  await service.writeRecords({ runId: 'run-1', filter: null, window, path, isSpreadsheetSafe: false })
  return (JSON.parse(readFileSync(path, 'utf8')) as { traceEvents: TraceEvent[] }).traceEvents
}

async function crawlOf(...tasks: readonly TaskRecord[]): Promise<TaskRun> {
  const run = TaskRun.create({ job: crawlJob() })
  await run.settle(tasks)
  return run
}

const slices = (events: readonly TraceEvent[]) => events.filter(({ ph }) => ph === 'X')

describe('trace', () => {
  it('has a process for the worker, a thread for the lane, and the phases inside their task', async () => {
    const phases = { waitMs: 1, connectMs: 2, ttfbMs: 30, downloadMs: 7.5 }
    const events = await traceOf(
      await crawlOf({ index: 4, worker: 1, lane: 2, startedAtMs: 10, totalMs: 40.5, ...phases }),
    )
    expect(events.filter(({ ph }) => ph === 'M').map(({ name, args }) => [name, args])).toEqual([
      ['process_name', { name: 'worker 1' }],
      ['thread_name', { name: 'lane 2' }],
      ['thread_sort_index', { sort_index: 2 }],
    ])
    const [task, ...inside] = slices(events)
    expect(task).toEqual({
      ...{ ph: 'X', name: 'host.test', cat: 'crawl', ts: 10_000, dur: 40_500, pid: 2, tid: 3 },
      args: { index: 4, outcome: 'ok', attempts: 1, url: 'http://host.test/page/4', status: 200 },
    })
    expect(inside.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
      ['other', 10_000, 1_000],
      ['connect', 11_000, 2_000],
      ['waiting', 13_000, 30_000],
      ['body', 43_000, 7_500],
    ])
    for (const { pid, tid } of inside) expect([pid, tid]).toEqual([2, 3])
  })

  it('has only what was under way in a window', async () => {
    const tasks = [0, 10, 20, 30].map((startedAtMs, index) => ({ index, startedAtMs, totalMs: 9 }))
    const events = await traceOf(await crawlOf(...tasks), { fromMs: 15, toMs: 25 })
    expect(slices(events).flatMap(({ args }) => args?.['index'] ?? [])).toEqual([1, 2])
  })

  it('is whole without a task, and without those that never began', async () => {
    const run = await crawlOf({ index: 0, attempts: 0, outcome: 'skipped', totalMs: 0 })
    expect(await traceOf(run)).toEqual([])
  })

  it('shows what interleaves on a loop in a thread of its own', async () => {
    const run = TaskRun.create({ job: cpuJob() }, CPU_LAYOUT)
    const { numbers } = positionsOf(CPU_LAYOUT)
    const row = new Float64Array(CPU_LAYOUT.numbers.length)
    row[numbers.totalMs] = 10
    row[numbers.cpuMs] = 4
    row[numbers.waitMs] = 6
    row[numbers.attempts] = 1
    await run.commit([{ numbers: row, strings: [null] }])
    const events = slices(await traceOf(run))
    expect(events.map(({ name, tid, dur }) => [name, tid, dur])).toEqual([
      ['task', 1, 10_000],
      ['CPU', 1, 4_000],
      ['waiting', 1, 6_000],
      ['task', 65_537, 4_000],
    ])
  })

  it('is refused for a load', async () => {
    const run = TaskRun.create({ job: loadJob() }, LOAD_LAYOUT)
    await expect(traceOf(run)).rejects.toMatchObject({ code: 'E_CONFIG' })
  })
})
