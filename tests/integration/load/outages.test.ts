import { describe, expect, it } from 'vitest'
import { Workbench, documentOf } from '../../support/cli.ts'
import type { RunSummary } from '../../../shared/model/run.ts'
import { startRedis } from '../../support/redis-server.ts'

const LINES = 300_000
const listOf = (count: number): string =>
  Array.from({ length: count }, (_, at) => `record ${at} of many, long enough to be one`).join('\n')

describe('a destination that goes away while a load runs', () => {
  it.each([
    ['set', ['--batch', '40'], 'DBSIZE'],
    ['rpush', ['--batch', '40', '--command', 'rpush', '--key', 'all'], 'LLEN all'],
  ])('is waited for when it stands still, and nothing is rejected: %s', async (_command, flags, count) => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    bench.write('data.txt', listOf(LINES))
    const running = bench.start(['load', 'data.txt', '--to', redis.url, ...flags, '--events'])
    await running.settled(10_000)
    redis.pause()
    await new Promise(resolve => setTimeout(resolve, 3_000))
    redis.resume()
    const { code } = await running.ended
    expect(code).toBe(0)
    expect(bench.has('data.txt.rejects.jsonl')).toBe(false)
    expect(await redis.cli(...count.split(' '))).toBe(String(LINES))
  })

  it.each([
    ['with its data', true, 'set', [], 'DBSIZE'],
    ['empty', false, 'set', [], 'DBSIZE'],
    ['with its data', true, 'rpush', ['--command', 'rpush', '--key', 'all'], 'LLEN all'],
    ['empty', false, 'rpush', ['--command', 'rpush', '--key', 'all'], 'LLEN all'],
  ])('is gone back to when it comes back %s', async (_how, keepData, _command, flags, count) => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    bench.write('data.txt', listOf(LINES))
    const args = ['load', 'data.txt', '--to', redis.url, '--batch', '40', ...flags, '--events']
    const running = bench.start(args)
    await running.settled(10_000)
    await redis.restart({ keepData })
    const { code } = await running.ended
    expect(code).toBe(0)
    const summary = running.events.at(-1) as unknown as RunSummary
    expect(summary.tasks).toMatchObject({ total: LINES, ok: LINES, failed: 0, remaining: 0 })
    expect(await redis.cli(...count.split(' '))).toBe(String(LINES))
    expect(bench.has('data.txt.rejects.jsonl')).toBe(false)
  })

  it('says at once that nobody listens there, and can be started again', async () => {
    await using bench = new Workbench()
    bench.write('data.txt', 'a\nb\n')
    const ended = await bench.run(['load', 'data.txt', '--to', 'redis://127.0.0.1:1/0', '--json'])
    expect(ended.code).toBe(5)
    expect(documentOf(ended)).toMatchObject({ error: { code: 'E_DEST_DOWN' } })
  })
})
