import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../shared/model/run.ts'
import { Workbench, type Ended, type RunningCommand } from '../../support/cli.ts'
import { listOf } from '../../support/crawl-list.ts'
import { isGroupGone, livingMembers } from '../../support/process-group.ts'
import { startScriptedServer, type ScriptedServer } from '../../support/scripted-server.ts'
import { startSite, type Site } from '../../support/site.ts'

/** Drain, abort and kill, with their second each: a stop never takes longer, whatever hangs. */
const STOP_MS = 8_000
const PAGES = 600
const INDEXES = Array.from({ length: PAGES }, (_, index) => index)
const PROCESSES = ['--model', 'processes', '--processes', '2', '--in-flight', '8']

let bench: Workbench
let site: Site

beforeEach(async () => {
  bench = new Workbench()
  site = await startSite({ latency: { law: 'fixed', value: 50 } })
})

afterEach(async () => {
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

/** Sends signals, each when the command has said that it heard the one before. */
async function stopBy(
  command: RunningCommand,
  signals: readonly NodeJS.Signals[],
): Promise<Ended & { summary: RunSummary; stopMs: number }> {
  const startedMs = performance.now()
  for (const [sent, signal] of signals.entries()) {
    command.signal(signal)
    await command.until(
      ({ stderr }) => (stderr.match(/stopping|aborting|ending|killing/gi) ?? []).length > sent,
    )
  }
  const ended = await command.ended
  const stopMs = performance.now() - startedMs
  return { ...ended, stopMs, summary: command.events.at(-1) as unknown as RunSummary }
}

describe('a run that is stopped by a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('lets tasks in flight settle and can be resumed after %s', async (signal, exitCode) => {
    bench.write('pages.txt', listOf(site.origin, PAGES))
    const command = bench.start(['crawl', 'pages.txt', ...PROCESSES, '--out', 'results.jsonl', '--events'])
    await command.settled(50)
    const { code, summary, stopMs } = await stopBy(command, [signal])
    const { ok, remaining } = summary.tasks

    expect({ code, exit: summary.exit.code, state: summary.state }).toEqual({
      code: exitCode,
      exit: exitCode,
      state: 'stopped',
    })
    expect(stopMs).toBeLessThan(STOP_MS)
    expect(livingMembers(command.pid)).toEqual([])
    expect(ok).toBeGreaterThan(0)
    // Drained: whatever was asked for was taken in.
    expect({
      remaining,
      requests: site.log().requests,
      written: bench.results('results.jsonl').length,
    }).toEqual({
      remaining: PAGES - ok,
      requests: ok,
      written: ok,
    })

    const resumed = await bench.runJson(['resume', 'latest'])
    const indexes = bench.results('results.jsonl').map(({ index }) => index)
    expect({ code: resumed.code, ok: resumed.summary.tasks.ok, requests: site.log().requests }).toEqual({
      code: 0,
      ok: PAGES,
      requests: PAGES,
    })
    expect(indexes.sort((a, b) => a - b)).toEqual(INDEXES)
    expect(resumed.summary.elapsedMs).toBeGreaterThan(summary.elapsedMs)
  })

  it('drains when the whole process group hears Ctrl-C, as from a terminal', async () => {
    bench.write('pages.txt', listOf(site.origin, PAGES))
    const command = bench.start(['crawl', 'pages.txt', ...PROCESSES, '--events'])
    await command.settled(50)
    process.kill(-command.pid, 'SIGINT')
    const { code } = await command.ended
    const summary = command.events.at(-1) as unknown as RunSummary

    expect({ code, requests: site.log().requests }).toEqual({ code: 130, requests: summary.tasks.ok })
  })
})

describe('a run whose connections hang', () => {
  let server: ScriptedServer

  beforeEach(async () => {
    server = await startScriptedServer(async connection => {
      await connection.request()
    })
  })

  afterEach(() => server[Symbol.asyncDispose]())

  /** Starts a crawl and waits until every permit is held by a request that nobody will answer. */
  async function hangingCrawl(): Promise<RunningCommand> {
    bench.write('pages.txt', listOf(server.origin, 100))
    const command = bench.start(['crawl', 'pages.txt', ...PROCESSES, '--events'])
    await command.event('tick', tick => tick['inFlight'] === 16 && server.requests.length === 16)
    return command
  }

  it('stops at once at the second signal', async () => {
    const command = await hangingCrawl()
    const { code, summary, stopMs } = await stopBy(command, ['SIGTERM', 'SIGINT'])

    // The first signal decides the exit code; the second does not wait for the drain, which would take 5 s.
    expect({ code, remaining: summary.tasks.remaining }).toEqual({ code: 143, remaining: 100 })
    expect(stopMs).toBeLessThan(5_000)
    expect(livingMembers(command.pid)).toEqual([])
  })
})

describe('a run whose results nobody reads', () => {
  it.each([
    ['in the midst of it', '?latency=40', 2_000],
    ['when only they are left', '', 5_000],
  ])('stops in time %s', { timeout: 40_000 }, async (_when, query, ok) => {
    bench.write('pages.txt', listOf(site.origin, 5_000, query || '?latency=0'))
    const command = bench.start(['crawl', 'pages.txt', '--out', '-', '--progress', 'json'])
    command.pauseReading()
    // More than any pipe holds: the output stands still.
    await command.until(({ stderr }) => {
      const counts = [...stderr.matchAll(/"ok":(\d+)/g)].map(([, count]) => Number(count))
      return counts.some(count => count >= ok)
    })
    command.signal('SIGTERM')
    const isGone = await isGroupGone(command.pid, STOP_MS)
    if (!isGone) command.killGroup()
    command.resumeReading()
    const { code } = await command.ended

    expect({ isGone, code }).toEqual({ isGone: true, code: 143 })
  })
})

describe('a run whose worker is in an endless loop', () => {
  const SPIN = { env: { INTERLEAVE_TEST_FAULTS: 'spin@0' } }
  const JOB = ['cpu', '--tasks', '50', '--size', '100', '--model', 'threads', '--threads', '2', '--events']

  it('is killed at the third signal', async () => {
    const command = bench.start(JOB, SPIN)
    await command.settled(20)
    const { code, summary, stopMs } = await stopBy(command, ['SIGINT', 'SIGINT', 'SIGINT'])

    expect({ code, state: summary.state }).toEqual({ code: 130, state: 'stopped' })
    // Neither the drain (5 s) nor the abort (2 s) is waited for.
    expect(stopMs).toBeLessThan(2_000)
    expect(await isGroupGone(command.pid, 1_000)).toBe(true)
  })
})
