import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { failureKindOf } from '../../../shared/model/failure-kind.ts'
import type { RunHistory } from '../../../shared/model/run-history.ts'
import { SAMPLE, SAMPLE_WIDTH, type SampleColumn } from '../../../shared/model/sample.ts'
import { Workbench } from '../../support/cli.ts'
import { listOf } from '../../support/crawl-list.ts'
import { SecondEngine } from '../../support/engine/second-engine.ts'
import { startSite, type Site } from '../../support/site.ts'

vi.setConfig({ testTimeout: 60_000 })

let bench: Workbench
let site: Site
let engine: SecondEngine

beforeEach(async () => {
  bench = new Workbench()
  site = await startSite({ latency: { law: 'fixed', value: 50 } })
  engine = new SecondEngine(bench.dataDir)
})

afterEach(async () => {
  await engine[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

const historyOf = (runId: string): Promise<RunHistory> => engine.client.call('run.history', { runId })

function column({ samples }: RunHistory, name: SampleColumn): number[] {
  const rows = samples.length / SAMPLE_WIDTH
  return Array.from({ length: rows }, (_, row) => samples[row * SAMPLE_WIDTH + SAMPLE[name]]!)
}

/** What failed, by kind, over all rows. */
function failuresOf({ failures }: RunHistory): Record<string, number> {
  const sums: Record<string, number> = {}
  for (let at = 0; at < failures.length; at += 3) {
    const kind = failureKindOf(failures[at + 1]!)!
    sums[kind] = (sums[kind] ?? 0) + failures[at + 2]!
  }
  return sums
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('the history of a run', () => {
  it('of two seconds has a row for each fifth of a second, and nothing is missing in their sums', async () => {
    bench.write('pages.txt', listOf(site.origin, 320))
    const { summary } = await bench.crawl(['pages.txt', '--in-flight', '8', '--per-host', '8'])
    const history = await historyOf('latest')
    const elapsed = column(history, 'elapsedMs')
    expect(elapsed.length).toBeGreaterThanOrEqual(Math.floor(summary.elapsedMs / 400))
    expect(elapsed.length).toBeLessThanOrEqual(Math.ceil(summary.elapsedMs / 200) + 1)
    expect(elapsed).toEqual([...elapsed].sort((a, b) => a - b))
    expect(sum(column(history, 'settled'))).toBe(320)
    expect(sum(column(history, 'bytesBody'))).toBe(summary.bytes.body)
    expect(sum(column(history, 'firstByteMs'))).toBeCloseTo(summary.phases.firstByteMs, 3)
    expect(Math.max(...column(history, 'maxMs').filter(Number.isFinite))).toBeCloseTo(
      summary.latencyMs.max!,
      2,
    )
    const counted = history.latency.buckets.filter((_, at) => at % 2 === 1)
    expect(sum(counted)).toBe(320)
    expect(history.log.map(({ event }) => (event.type === 'run.state' ? event.state : event.type))).toEqual(
      expect.arrayContaining(['run.started', 'worker.started', 'running', 'finishing', 'done']),
    )
  })

  it('is the same after a kill, goes on when the run is resumed, and nothing is missing then', async () => {
    const missing = Array.from({ length: 60 }, (_, at) => `${site.origin}/missing/${at}\n`)
    bench.write('pages.txt', missing.map(line => listOf(site.origin, 10) + line).join(''))
    const flags = ['--in-flight', '8', '--per-host', '8', '--allow-failures', '60', '--events']
    const command = bench.start(['crawl', 'pages.txt', ...flags])
    const { runId } = (await command.event('run.started')) as unknown as { runId: string }
    await command.settled(200)
    const living = await historyOf(runId)
    command.killGroup()
    await command.ended
    const killed = await historyOf(runId)
    expect([...killed.samples.subarray(0, living.samples.length)]).toEqual([...living.samples])

    const { summary } = await bench.runJson(['resume', runId])
    const resumed = await historyOf(runId)
    expect([...resumed.samples.subarray(0, killed.samples.length)]).toEqual([...killed.samples])
    expect(resumed.log.slice(0, killed.log.length)).toEqual(killed.log)
    expect(resumed.log.filter(({ event }) => event.type === 'run.started')).toHaveLength(2)
    const elapsed = column(resumed, 'elapsedMs')
    expect(elapsed).toEqual([...elapsed].sort((a, b) => a - b))
    expect(elapsed.at(-1)).toBeCloseTo(summary.elapsedMs, 2)
    expect(summary.tasks.ok).toBe(600)
    expect(sum(column(resumed, 'settled'))).toBe(660)
    expect(failuresOf(killed)['4xx']).toBeGreaterThan(0)
    expect(failuresOf(resumed)).toEqual({ '4xx': 60 })
    expect(sum(column(resumed, 'bytesBody'))).toBe(summary.bytes.body)
  })
})
