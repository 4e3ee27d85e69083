import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunPush } from '../../../shared/contract/contract.ts'
import type { RunEntry, RunEvent, RunSummary, RunTick } from '../../../shared/model/run.ts'
import { Workbench, type RunningCommand } from '../../support/cli.ts'
import { listOf } from '../../support/crawl-list.ts'
import { SecondEngine } from '../../support/engine/second-engine.ts'
import { startSite, type Site } from '../../support/site.ts'

vi.setConfig({ testTimeout: 60_000 })

const PAGES = 4_000

let bench: Workbench
let site: Site
let engine: SecondEngine

beforeEach(async () => {
  bench = new Workbench()
  site = await startSite({ latency: { law: 'fixed', value: 50 } })
  bench.write('pages.txt', listOf(site.origin, PAGES))
})

afterEach(async () => {
  await engine?.[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

/** A crawl in a process of its own that lasts longer than any test, and an engine here. */
async function startCrawl(): Promise<{ command: RunningCommand; runId: string }> {
  const command = bench.start(['crawl', 'pages.txt', '--in-flight', '8', '--per-host', '64', '--events'])
  const { runId } = (await command.event('run.started')) as unknown as { runId: string }
  await command.settled(10)
  engine = new SecondEngine(bench.dataDir)
  return { command, runId }
}

/** What the other process tells of the run. */
function follow(runId: string) {
  const pushes: RunPush[] = []
  const ended = new Promise<Error | null>(resolve =>
    engine.client.on('run.events', { runId, cursor: 0 }, push => pushes.push(push), resolve),
  )
  const seen = <T>(find: (event: RunEvent) => T | undefined): Promise<T> =>
    vi.waitFor(
      () => {
        const found = pushes.map(({ event }) => find(event)).findLast(each => each !== undefined)
        if (found === undefined) throw new Error('that has not come yet')
        return found
      },
      { timeout: 20_000, interval: 20 },
    )
  const tick = (matches: (tick: RunTick) => boolean): Promise<RunTick> =>
    seen(event => (event.type === 'tick' && matches(event.tick) ? event.tick : undefined))
  return { pushes, ended, seen, tick }
}

const stateOf = (event: RunEvent, state: string): true | undefined =>
  event.type === 'run.state' && event.state === state ? true : undefined

describe('a run of another process', () => {
  it('is seen in the list as it goes on, and watched, paused, tuned and stopped', async () => {
    const { command, runId } = await startCrawl()
    const entries: RunEntry[] = []
    engine.client.on('runs.watch', {}, change => entries.push(...change.entries))
    const { ended, seen, tick, pushes } = follow('latest')
    await tick(({ tasks }) => tasks.ok > 20)
    expect(pushes[0]?.event).toMatchObject({ type: 'run.started', runId, pid: command.pid })

    await engine.client.call('run.pause', { runId, isPaused: true })
    await seen(event => stateOf(event, 'paused'))
    await engine.client.call('run.pause', { runId: runId.slice(0, -1), isPaused: false })
    const { limit } = await tick(({ state }) => state === 'running')
    expect(limit).toBe(8)

    await engine.client.call('run.tune', { runId: 'latest', tuning: { inFlight: 3 } })
    await tick(({ steering }) => steering.inFlight === 3)
    const { next, spans } = await engine.client.call('run.spans', { runId, from: 0 })
    expect([next > 0, spans.length > 0]).toEqual([true, true])

    await engine.client.call('run.stop', { runId, phase: 1 })
    expect(await ended).toBeNull()
    const { code } = await command.ended
    const last = pushes.at(-1)?.event as { summary: RunSummary }
    expect([code, last.summary.state]).toEqual([130, 'stopped'])
    await vi.waitUntil(() => entries.at(-1)?.state === 'stopped', { timeout: 5_000 })
    expect(entries.map(({ state }) => state)).toContain('running')
    expect(readdirSync(join(bench.dataDir, 'live'))).toEqual([])
  })

  it('is told of from its journal once it has ended, and steered no more', async () => {
    const { command, runId } = await startCrawl()
    command.signal('SIGINT')
    await command.ended
    const { pushes, ended } = follow(runId)
    expect(await ended).toBeNull()
    const types = pushes.map(({ event }) => event.type)
    expect(types[0]).toBe('run.started')
    expect(types.at(-1)).toBe('run.summary')
    expect(types.filter(type => type === 'run.state').length).toBeGreaterThanOrEqual(3)
    expect(pushes.map(({ cursor }) => cursor)).toEqual(pushes.map((_, at) => at + 1))
    await expect(engine.client.call('run.stop', { runId, phase: 1 })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    })
    await expect(engine.client.call('run.pause', { runId: 'nobody', isPaused: true })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    })
  })

  it('that is killed while it is watched is told of to its end', async () => {
    const { command, runId } = await startCrawl()
    const { ended, tick, pushes } = follow(runId)
    await tick(({ tasks }) => tasks.ok > 20)
    command.killGroup()
    expect(await ended).toBeNull()
    const { summary } = pushes.at(-1)!.event as { summary: RunSummary }
    expect([summary.runId, summary.state]).toEqual([runId, 'stopped'])
    expect(readdirSync(join(bench.dataDir, 'live'))).toEqual([`${runId}.sock`])
    // Whoever looks at runs next finds the socket of a dead owner and removes it.
    engine.client.on('runs.watch', {}, () => undefined)
    await vi.waitUntil(() => readdirSync(join(bench.dataDir, 'live')).length === 0, { timeout: 5_000 })
  })

  it('is steered by commands of a terminal, and resumed with what was tuned', async () => {
    const { command, runId } = await startCrawl()
    const say = async (...args: string[]) => {
      const { code, stderr } = await bench.run(['runs', ...args])
      return [code, stderr.trim()]
    }
    expect(await say('pause', 'latest')).toEqual([
      0,
      `run ${runId} is paused; go on: interleave runs continue ${runId}`,
    ])
    await command.event('run.state', ({ state }) => state === 'paused')
    expect(await say('continue', runId.slice(0, -2))).toEqual([0, `run ${runId} goes on`])
    const tuned = await bench.run(['runs', 'tune', 'latest', '--in-flight', '5', '--rate', '900', '--json'])
    expect(JSON.parse(tuned.stdout)).toEqual({
      schema: 'interleave/steered@1',
      runId,
      done: 'tuned',
      inFlight: 5,
      ratePerSec: 900,
    })
    await command.event('run.tuned', ({ steering }) => (steering as { inFlight: number }).inFlight === 5)
    expect((await say('tune', 'latest', '--processes', '2'))[0]).toBe(2)
    expect(await say('tune', 'latest')).toEqual([2, expect.stringContaining('--in-flight')])
    expect((await say('stop', 'latest', '--now'))[0]).toBe(0)
    expect((await command.ended).code).toBe(130)
    expect((await say('pause', 'latest'))[0]).toBe(2)
  })

  it('has tags, given while it lives', async () => {
    const { runId } = await startCrawl()
    const tagged = await bench.run(['runs', 'tag', 'latest', 'baseline', 'a long one'])
    expect([tagged.code, tagged.stderr]).toEqual([0, `run ${runId}: baseline, a long one\n`])
    expect((await bench.run(['runs'])).stdout).toContain('baseline, a long one')
    expect((await bench.run(['runs', 'show', 'latest'])).stdout).toContain('tags: baseline, a long one')
    expect((await bench.run(['runs', 'tag', 'latest'])).code).toBe(2)
    expect((await bench.run(['runs', 'tag', 'latest', 'x'.repeat(41)])).code).toBe(2)
    expect((await bench.run(['runs', 'tag', 'latest', '--clear'])).stderr).toContain('has no tags')
    expect((await engine.client.call('runs.show', { runId })).tags).toEqual([])
  })

  it('goes on here after it was stopped there, and the other way round', async () => {
    const { command, runId } = await startCrawl()
    command.signal('SIGINT')
    await command.ended
    await engine.client.call('run.resume', { runId, options: null, parallelism: null })
    await bench.run(['runs', 'stop', 'latest'])
    const here = follow(runId)
    expect(await here.ended).toBeNull()
    const again = bench.start(['resume', 'latest', '--events'])
    await again.event('tick')
    const there = follow(runId)
    await there.tick(({ state }) => state === 'running')
    await engine.client.call('run.stop', { runId, phase: 3 })
    expect((await again.ended).code).toBe(130)
    expect(await there.ended).toBeNull()
  })
})
